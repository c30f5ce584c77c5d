namespace Vitrine.Policy.Model;

/// <summary>A policy's own tests: what it must let through and what it must refuse, judged on a model host so that the outcome is the same
/// everywhere.</summary>
public sealed record PolicyTests
{
    /// <summary>The time they are judged at, for a policy that expires. Default now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What must be allowed.</summary>
    public IReadOnlyList<PolicyTestCase> Accept { get; init; } = [];

    /// <summary>What must be refused.</summary>
    public IReadOnlyList<PolicyTestCase> Deny { get; init; } = [];
}

/// <summary>One statement of a policy's tests.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Subject">A mount (`source:target[:rw]`), path, variable, limit (`memory=1GiB`), system call, host, layer or
/// capability.</param>
public sealed record PolicyTestCase(PolicyTestKind Kind, string Subject);

/// <summary>What a policy's test is about.</summary>
public enum PolicyTestKind
{
    /// <summary>`mount: SOURCE:TARGET[:rw]`: adding this mount.</summary>
    Mount,

    /// <summary>`write: PATH`: writing there, inside.</summary>
    Write,

    /// <summary>`execute: PATH`: executing a file made there, inside.</summary>
    Execute,

    /// <summary>`env: NAME`: the variable is set inside (a host that has it assumed).</summary>
    Environment,

    /// <summary>`limit: KEY=VALUE`: using that much.</summary>
    Limit,

    /// <summary>`syscall: NAME`.</summary>
    Syscall,

    /// <summary>`host: NAME[:PORT] [METHOD /path]`: connecting to it, or that request.</summary>
    Host,

    /// <summary>`layer: NAME`: the layer is on.</summary>
    Layer,

    /// <summary>`capability: NAME`: commands hold it.</summary>
    Capability,

    /// <summary>`start: now`: the policy gives a plan at all.</summary>
    Start,
}
