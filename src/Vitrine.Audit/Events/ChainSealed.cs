using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`chain.sealed`: the file ended in a line that was not written whole, as after a power cut. It stays, and this event vouches for its bytes.</summary>
public sealed record ChainSealed : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "chain.sealed";

    /// <summary>Bytes of the torn line, its newline (added when it was sealed) not counted.</summary>
    public required long TornBytes { get; init; }

    /// <summary>Lower-case hex SHA-256 of those bytes.</summary>
    public required string TornSha256 { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line.Number("tornBytes", TornBytes).Text("tornSha256", TornSha256);
}
