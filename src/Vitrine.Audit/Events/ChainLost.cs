using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`chain.lost`: events could not be written before this one, for instance because the disk was full.</summary>
public sealed record ChainLost : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "chain.lost";

    /// <summary>How many.</summary>
    public required long Events { get; init; }

    /// <summary>When the first of them was refused.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line.Number("events", Events).Time("since", Since).Text("reason", Reason);
}
