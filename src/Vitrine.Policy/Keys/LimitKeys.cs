namespace Vitrine.Policy.Keys;

internal static class LimitKeys
{
    /// <summary>Limits that some hosts cannot hold; the others need nothing of the host.</summary>
    public static readonly IReadOnlyList<string> BestEffortNames = ["memory", "cpus", "pids", "disk", "open-files"];

    private static readonly DurationShape s_time = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));

    public static readonly Key<SizeShape> Memory = new("memory", new SizeShape(16L << 20, 16L << 40),
        "Memory without swap; memory file systems count too. The kernel ends a process that needs more (reason `oom`).", "1GiB", "2GiB");

    public static readonly Key<CpuShape> Cpus = new("cpus", new CpuShape(10, 1_024_000),
        "CPU time in CPUs.", "1", "0.5");

    public static readonly Key<IntegerShape> Pids = new("pids", new IntegerShape(8, 65536),
        "Processes and threads at once (reason `pids`).", "256", "512");

    public static readonly Key<SizeShape> Disk = new("disk", new SizeShape(1L << 20, 16L << 40),
        "All memory file systems together, the ephemeral root among them. Sizes that the policy does not state shrink to fit.", "", "1GiB");

    public static readonly Key<IntegerShape> OpenFiles = new("open-files", new IntegerShape(16, 1_048_576),
        "Open files of each process (RLIMIT_NOFILE).", "1024", "4096");

    public static readonly Key<SizeShape> Output = new("output", new SizeShape(4096, 1L << 40),
        "What one command may print to its output and error streams together (reason `output-limit`).", "64MiB", "8MiB");

    public static readonly Key<DurationShape> WallClock = new("wall-clock", s_time,
        "Time from start to end (reason `timeout`); `none` for no such limit. An interactive shell has none unless the policy states one.",
            "10m", "1h30m");

    public static readonly Key<DurationShape> Idle = new("idle", s_time,
        "Time without a request and with less than 1 % CPU (reason `idle-timeout`); `none` for no such limit.", "30m", "5m");

    public static readonly Key<ListShape> BestEffort = new("best-effort", new ListShape(new ChoiceShape(BestEffortNames), 16),
        "Limits that may be missing on a host that cannot hold them; any other limit that cannot be held stops the start.", "[]", "[cpus]");

    public static readonly SectionShape Section = new([Memory, Cpus, Pids, Disk, OpenFiles, Output, WallClock, Idle, BestEffort]);
}
