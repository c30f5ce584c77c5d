namespace Vitrine.Policy.Model;

/// <summary>The limits. All are always on; a limit the host cannot hold stops the start unless named in <see cref="BestEffort"/>.</summary>
public sealed record LimitSettings
{
    /// <summary>Bytes of memory, tmpfs included, no swap. 16 MiB to 16 TiB; default 1 GiB.</summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>Thousandths of one CPU. 0.01 to 1024 CPUs; default 1 CPU.</summary>
    public int CpuMillis { get; init; } = 1000;

    /// <summary>Processes and threads at once. 8 to 65536; default 256.</summary>
    public int Pids { get; init; } = 256;

    /// <summary>Bytes of all memory file systems together; default: the sum of their sizes.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>Open files per process. 16 to 1048576; default 1024.</summary>
    public int OpenFiles { get; init; } = 1024;

    /// <summary>Bytes one command may print. 4 KiB to 1 TiB; default 64 MiB.</summary>
    public long OutputBytes { get; init; } = 64L << 20;

    /// <summary>Wall clock of the sandbox. 1 s to 30 d, zero for none; default 10 minutes.</summary>
    public TimeSpan WallClock { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Idle time after which it ends. 1 s to 30 d, zero for none; default 30 minutes.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Limits (by key) that may be missing on a host that cannot hold them. Default none.</summary>
    public IReadOnlyList<string> BestEffort { get; init; } = [];
}
