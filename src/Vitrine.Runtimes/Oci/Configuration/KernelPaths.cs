namespace Vitrine.Runtimes.Oci.Configuration;

/// <summary>Kernel interfaces that a sandbox has no business with. What a kernel does not have is skipped by the runtimes.</summary>
internal static class KernelPaths
{
    /// <summary>Covered: by an empty directory or by /dev/null.</summary>
    public static readonly IReadOnlyList<string> Masked =
    [
        "/proc/acpi", "/proc/asound", "/proc/bus", "/proc/cmdline", "/proc/diskstats", "/proc/fs", "/proc/interrupts", "/proc/iomem", "/proc/ioports", "/proc/irq",
        "/proc/kcore", "/proc/keys", "/proc/key-users", "/proc/kmsg", "/proc/latency_stats", "/proc/partitions",
        "/proc/scsi", "/proc/sched_debug", "/proc/timer_list", "/proc/timer_stats", "/proc/config.gz", "/proc/kallsyms", "/proc/modules",
        "/proc/sysrq-trigger", "/sys/block", "/sys/bus", "/sys/class/block", "/sys/firmware", "/sys/hypervisor", "/sys/kernel", "/sys/module", "/sys/dev",
        "/sys/devices/virtual/block", "/sys/devices/virtual/dmi", "/sys/devices/virtual/powercap", "/sys/class/powercap",
        .. HardwareTrees(),
    ];

    /// <summary>Read-only.</summary>
    public static readonly IReadOnlyList<string> ReadOnly = ["/proc/sys"];

    /// <summary>
    /// The trees of this machine's hardware (pci0000:00, platform, …): serial numbers and addresses live there. /sys/devices/system stays, since programs count
    /// CPUs in it, and /sys/devices/virtual, which holds the sandbox's own loopback.
    /// </summary>
    private static IEnumerable<string> HardwareTrees()
    {
        const string devices = "/sys/devices";
        return !Directory.Exists(devices)
            ? []
            : Directory.GetDirectories(devices).Where(static d => Path.GetFileName(d) is not ("system" or "virtual")).Order(StringComparer.Ordinal);
    }
}
