namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>What the two filters of one sandbox depend on.</summary>
public sealed record SeccompRequest
{
    /// <summary>The architecture of the host.</summary>
    public required CpuArchitecture Architecture { get; init; }

    /// <summary>
    /// System calls the policy adds by name. Names of <see cref="SyscallTable.IsNeverAllowed"/> are refused. Default: none.
    /// </summary>
    public IReadOnlySet<string> Allow { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// System calls the policy removes by name; wins over <see cref="Allow"/>. Names of <see cref="SyscallTable.IsEssential"/> are refused.
    /// Default: none.
    /// </summary>
    public IReadOnlySet<string> Deny { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether set-user-id and set-group-id bits are refused in every system call that takes a mode. True while a host directory is mounted
    /// writable: a program of the sandbox must not leave a set-id file on the host.
    /// </summary>
    public bool RefuseSetIdBits { get; init; }
}
