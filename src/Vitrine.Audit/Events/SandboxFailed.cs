using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`sandbox.failed`: a sandbox could not be made; what was made of it is gone.</summary>
public sealed record SandboxFailed : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "sandbox.failed";

    /// <summary>Stable kebab-case code, for instance `runtime-missing`.</summary>
    public required string Code { get; init; }

    /// <summary>The sentence the user saw.</summary>
    public required string Message { get; init; }

    /// <summary>Digest of the plan, where there was one.</summary>
    public string? PlanDigest { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line.Text("code", Code).Text("message", Message).Text("planDigest", PlanDigest);
}
