namespace Vitrine.Runtimes.Oci.Configuration;

/// <summary>Kernel interfaces that a sandbox has no business with. What a kernel does not have is skipped by the runtimes.</summary>
internal static class KernelPaths
{
    /// <summary>Covered: by an empty directory or by /dev/null.</summary>
    public static readonly IReadOnlyList<string> Masked =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/kmsg", "/proc/latency_stats",
        "/proc/scsi", "/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats", "/proc/config.gz", "/proc/kallsyms", "/proc/modules",
        "/proc/sysrq-trigger", "/sys/firmware", "/sys/kernel", "/sys/module", "/sys/dev", "/sys/devices/virtual/powercap", "/sys/class/powercap",
    ];

    /// <summary>Read-only.</summary>
    public static readonly IReadOnlyList<string> ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"];
}
