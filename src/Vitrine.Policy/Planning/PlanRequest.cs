using Vitrine.Policy.Model;

namespace Vitrine.Policy;

/// <summary>What one start asks for on top of the policy. Everything has a default that asks for nothing.</summary>
public sealed record PlanRequest
{
    /// <summary>Whether the asker may widen the policy. Default: only narrow it.</summary>
    public RequestAuthority Authority { get; init; } = RequestAuthority.Caller;

    /// <summary>Absolute directory that relative sources start from. Null: relative sources are refused.</summary>
    public string? BaseDirectory { get; init; }

    /// <summary>Image instead of the policy's: `host`, or an absolute or relative directory (a TAR is unpacked by the caller
    /// first).</summary>
    public string? Image { get; init; }

    /// <summary>Mounts besides the policy's. <see cref="MountArgument.TryParse"/> reads `source:target[:rw]`.</summary>
    public IReadOnlyList<MountSettings> Mounts { get; init; } = [];

    /// <summary>Limits instead of the policy's; null ones stay.</summary>
    public LimitOverrides Limits { get; init; } = new();

    /// <summary>Variables set besides the policy's; they win over it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Host variables passed besides the policy's.</summary>
    public IReadOnlyList<string> PassEnvironment { get; init; } = [];

    /// <summary>The host's variables, of which only those named go in.</summary>
    public IReadOnlyDictionary<string, string> HostEnvironment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Hosts allowed besides the policy's, after its own. <see cref="Vitrine.Policy.Egress.EgressTarget.TryParse"/> reads them.
    /// Only for an operator.</summary>
    public IReadOnlyList<EgressEntry> Allow { get; init; } = [];

    /// <summary>Hosts denied besides the policy's.</summary>
    public IReadOnlyList<EgressEntry> Deny { get; init; } = [];

    /// <summary>Working directory inside; null for /workspace.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whether a person sits at it: the wall clock then has no default.</summary>
    public bool IsInteractive { get; init; }
}

/// <summary>What an asker may do to a policy.</summary>
public enum RequestAuthority
{
    /// <summary>Somebody behind an API: may only narrow. No mounts, no host variables, no other image, no higher limit.</summary>
    Caller,

    /// <summary>The person at this machine's command line: may name things explicitly. Forbidden mounts stay forbidden.</summary>
    Operator,
}

/// <summary>Limits of one start instead of the policy's; null ones stay as they are. Units and ranges as in <see
/// cref="LimitSettings"/>.</summary>
public sealed record LimitOverrides
{
    /// <summary>Bytes of memory.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Thousandths of one CPU.</summary>
    public int? CpuMillis { get; init; }

    /// <summary>Processes and threads.</summary>
    public int? Pids { get; init; }

    /// <summary>Bytes of all memory file systems together.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>Open files per process.</summary>
    public int? OpenFiles { get; init; }

    /// <summary>Bytes one command may print.</summary>
    public long? OutputBytes { get; init; }

    /// <summary>Wall clock; zero for none.</summary>
    public TimeSpan? WallClock { get; init; }

    /// <summary>Idle time; zero for none.</summary>
    public TimeSpan? Idle { get; init; }
}
