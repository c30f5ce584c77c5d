using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`chain.damaged`: when the chain was taken, the file and its head did not agree. Work goes on after the head, so that the gap stays to be seen.</summary>
public sealed record ChainDamaged : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "chain.damaged";

    /// <summary>What was found, as a sentence.</summary>
    public required string Found { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line.Text("found", Found);
}
