using System.Globalization;

namespace Vitrine.Bench;

/// <summary>Memory as the kernel reports it, in KiB: proc_meminfo(5), proc_pid_smaps(5).</summary>
internal static class MemoryReading
{
    private static readonly string[] s_kernel = ["Slab:", "KernelStack:", "PageTables:", "SecPageTables:", "Percpu:"];

    /// <summary>What the kernel holds for itself: slabs, stacks, page tables, per-CPU areas.</summary>
    public static double OfKernel() => Sum("/proc/meminfo", s_kernel);

    /// <summary>Resident pages of this process.</summary>
    public static double OfThisProcess() => Sum("/proc/self/smaps_rollup", ["Rss:"]);

    /// <summary>How many processes a process and its descendants are, and the pages that only they have.</summary>
    public static (int Processes, double PrivateKiB) OfTree(int pid)
    {
        var (count, pages) = (1, Sum($"/proc/{pid}/smaps_rollup", ["Private_Clean:", "Private_Dirty:"]));
        foreach (var task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
        {
            foreach (var child in File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var below = OfTree(int.Parse(child, CultureInfo.InvariantCulture));
                (count, pages) = (count + below.Processes, pages + below.PrivateKiB);
            }
        }

        return (count, pages);
    }

    /// <summary>Waits until what the kernel holds stands still: namespaces are cleared away in the background.</summary>
    public static async Task SettleAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(500));
        var last = OfKernel();
        for (var i = 0; i < 20; i++)
        {
            await timer.WaitForNextTickAsync();
            var now = OfKernel();
            if (i > 3 && Math.Abs(now - last) < 256)
                return;
            last = now;
        }
    }

    private static double Sum(string path, string[] names) =>
        File.ReadLines(path).Where(line => names.Any(name => line.StartsWith(name, StringComparison.Ordinal)))
            .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
}
