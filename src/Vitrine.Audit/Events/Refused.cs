using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`refused`: something that was asked for was not done.</summary>
public sealed record Refused : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "refused";

    /// <summary>Stable kebab-case code, for instance `mount-engine-socket`.</summary>
    public required string Code { get; init; }

    /// <summary>What was asked for.</summary>
    public required string What { get; init; }

    /// <summary>The rule that forbids it, with where it stands.</summary>
    public string? Rule { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line.Text("code", Code).Text("what", What).Text("rule", Rule);
}
