using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`residue.removed`: something an earlier run left behind, because it was killed, was found and removed.</summary>
public sealed record ResidueRemoved : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "residue.removed";

    /// <summary>What kind: `process`, `mount`, `cgroup`, `directory`, `runtime-state`.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name or path.</summary>
    public required string Name { get; init; }

    /// <summary>What was done, or why it could not be.</summary>
    public string? Detail { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line.Text("kind", Kind).Text("name", Name).Text("detail", Detail);
}
