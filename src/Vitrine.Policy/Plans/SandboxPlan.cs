namespace Vitrine.Policy.Plans;

/// <summary>
/// What a sandbox will be, decided: the immutable outcome of policy, request and image, with nothing left to interpret. A runtime makes
/// exactly
/// this or fails. Host facts it needs (real paths, owners) were judged when it was made; the runtime checks them again on the descriptor it
/// mounts.
/// </summary>
public sealed record SandboxPlan
{
    /// <summary>Lower-case hex SHA-256 over the canonical form of everything below: same digest, same boundary.</summary>
    public required string Digest { get; init; }

    /// <summary>Name of the policy, for people.</summary>
    public required string PolicyName { get; init; }

    /// <summary>The root file system.</summary>
    public required ImagePlan Image { get; init; }

    /// <summary>Who commands run as.</summary>
    public required IdentityPlan User { get; init; }

    /// <summary>Whether the root is read-only or has a throw-away writable layer, with its size.</summary>
    public required RootPlan Root { get; init; }

    /// <summary>Host directories and files that go in, in the order of their targets.</summary>
    public IReadOnlyList<MountPlan> Mounts { get; init; } = [];

    /// <summary>Memory file systems, /dev/shm among them, in the order of their targets.</summary>
    public IReadOnlyList<TmpfsPlan> Tmpfs { get; init; } = [];

    /// <summary>The limits, all set.</summary>
    public required LimitsPlan Limits { get; init; }

    /// <summary>The two seccomp filters.</summary>
    public required SeccompPlan Seccomp { get; init; }

    /// <summary>Landlock rules of the one domain; empty when the policy turned the layer off.</summary>
    public IReadOnlyList<LandlockPlan> Landlock { get; init; } = [];

    /// <summary>Environment of every command.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Working directory where a command names none.</summary>
    public string WorkingDirectory { get; init; } = "/workspace";

    /// <summary>Host name inside.</summary>
    public string Hostname { get; init; } = "sandbox";

    /// <summary>The way out; null for none: loopback alone.</summary>
    public EgressPlan? Egress { get; init; }

    /// <summary>Layers without which the sandbox must not start.</summary>
    public IReadOnlySet<Layer> RequiredLayers { get; init; } = new HashSet<Layer>();

    /// <summary>Layers the policy turned off (debugging).</summary>
    public IReadOnlySet<Layer> DisabledLayers { get; init; } = new HashSet<Layer>();

    /// <summary>Set while a debugging policy loosens the boundary: when it ends.</summary>
    public DateTimeOffset? DebugUntil { get; init; }
}

/// <summary>The root file system.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Path">The directory on the host; empty for <see cref="ImageKind.Host"/>.</param>
public sealed record ImagePlan(ImageKind Kind, string Path);

/// <summary>Where a root file system comes from.</summary>
public enum ImageKind
{
    /// <summary>A read-only view of the host's own /usr, with a synthesized /etc. Mutable: it has no digest.</summary>
    Host,

    /// <summary>A directory on the host (a TAR is unpacked to one first).</summary>
    Directory,
}

/// <summary>Who commands run as.</summary>
/// <param name="Name">User name inside.</param>
/// <param name="Uid">User id inside; 60000 is the guest's and never this.</param>
/// <param name="Gid">Group id inside.</param>
/// <param name="Capabilities">Capability bits of capabilities(7) kept by commands; 0 but for a root that the policy gave some by
/// name.</param>
public sealed record IdentityPlan(string Name, uint Uid, uint Gid, ulong Capabilities);

/// <summary>The root's writability.</summary>
/// <param name="Writable">Whether a throw-away layer takes writes.</param>
/// <param name="SizeBytes">Most bytes of that layer; 0 when not writable.</param>
/// <param name="MaxInodes">Most files of that layer.</param>
public sealed record RootPlan(bool Writable, long SizeBytes, long MaxInodes);

/// <summary>A host path that goes in.</summary>
/// <param name="Source">Real path on the host, links resolved.</param>
/// <param name="Target">Absolute path inside.</param>
/// <param name="ReadOnly">Whether it is read-only.</param>
/// <param name="Executable">Whether files of it may be executed.</param>
/// <param name="MapRootOwner">Whether host uid 0 may be mapped (the policy said `owner: root`).</param>
/// <param name="Masks">Paths below it, relative, that are covered by an empty file or directory. Only on read-only mounts.</param>
public sealed record MountPlan(string Source, string Target, bool ReadOnly, bool Executable, bool MapRootOwner,
    IReadOnlyList<string> Masks);

/// <summary>A memory file system; always nosuid and nodev. Its pages count as the sandbox's memory.</summary>
/// <param name="Target">Absolute path inside.</param>
/// <param name="SizeBytes">Most bytes.</param>
/// <param name="MaxInodes">Most files.</param>
/// <param name="Mode">Permission bits of its root.</param>
/// <param name="Executable">Whether files on it may be executed.</param>
/// <param name="OwnedByUser">Whether its root belongs to the sandbox's user; to root inside otherwise.</param>
public sealed record TmpfsPlan(string Target, long SizeBytes, long MaxInodes, int Mode, bool Executable, bool OwnedByUser);

/// <summary>The limits, all set. A limit in <see cref="BestEffort"/> may be missing on a host that cannot hold it; any other stops the
/// start there.</summary>
public sealed record LimitsPlan
{
    /// <summary>Bytes of memory, page cache of tmpfs included, no swap.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>CPU time in thousandths of one CPU.</summary>
    public required int CpuMillis { get; init; }

    /// <summary>Processes and threads at once.</summary>
    public required int Pids { get; init; }

    /// <summary>RLIMIT_NOFILE.</summary>
    public required int OpenFiles { get; init; }

    /// <summary>Bytes one command may write to its output and error streams together.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>Wall clock of the sandbox; zero for none.</summary>
    public required TimeSpan WallClock { get; init; }

    /// <summary>Idle time (no API call and less than 1 % CPU) after which it ends; zero for none.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>Names of limits (policy keys) that may be missing.</summary>
    public IReadOnlySet<string> BestEffort { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>The two filters (HARDENING 3). Programs are classic BPF, 8 bytes an instruction in host byte order.</summary>
/// <param name="Outer">On PID 1 from the runtime: foreign ABIs killed, the dangerous list denied.</param>
/// <param name="OuterJson">The same as a short OCI `linux.seccomp` object, for runtimes without a door for BPF.</param>
/// <param name="Command">The whole allow-list, loaded by the helper before each command.</param>
public sealed record SeccompPlan(ReadOnlyMemory<byte> Outer, string OuterJson, ReadOnlyMemory<byte> Command);

/// <summary>One path beneath which the domain allows the given accesses.</summary>
/// <param name="Path">Absolute path inside.</param>
/// <param name="Access">LANDLOCK_ACCESS_FS_* bits of landlock(7).</param>
public sealed record LandlockPlan(string Path, ulong Access);
