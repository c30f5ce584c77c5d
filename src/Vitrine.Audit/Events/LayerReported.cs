using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`layer.reported`: what a layer does became known or changed after the sandbox was made.</summary>
public sealed record LayerReported : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "layer.reported";

    /// <summary>The layer.</summary>
    public required AuditLayer Layer { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line)
    {
        line.Open("layer");
        Layer.Write(line);
        line.Close();
    }
}
