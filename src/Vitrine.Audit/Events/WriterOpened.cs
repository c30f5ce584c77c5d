using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`writer.opened`: a process took a chain.</summary>
public sealed record WriterOpened : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "writer.opened";

    /// <summary>Version of Vitrine.</summary>
    public required string Version { get; init; }

    /// <summary>Process id on the host.</summary>
    public required int Pid { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line.Text("version", Version).Number("pid", Pid);
}
