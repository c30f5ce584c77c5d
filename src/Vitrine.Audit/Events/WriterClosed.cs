using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`writer.closed`: the process gave its chain back in order. Where it is missing before the next `writer.opened`, the process was killed.</summary>
public sealed record WriterClosed : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "writer.closed";

    /// <inheritdoc/>
    internal override void Write(LineWriter line)
    {
    }
}
