using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Paths;
using Vitrine.Linux.Processes;

namespace Vitrine.Runtimes.Oci.Ownership;

/// <summary>Destroys what owners that are gone left behind; an owner is gone when nobody holds its mark's lock.</summary>
internal static class Reconciler
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Looks at every mark.</summary>
    /// <returns>A sentence for each thing found.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(OciRuntimeOptions options, CancellationToken cancellationToken)
    {
        string directory = OwnerMark.DirectoryIn(options.StateDirectory);
        if (!Directory.Exists(directory))
            return [];
        var found = new List<string>();
        IReadOnlyList<CgroupHierarchy> hierarchies = CgroupHierarchy.ReadAll();
        foreach (string path in Directory.EnumerateFiles(directory))
        {
            using SafeFileHandle mark = FileLock.Open(path);
            if (!FileLock.TryExclusive(mark))
                continue;
            string owner = Path.GetFileName(path);
            found.AddRange(await SweepAsync(hierarchies, options.CgroupName, owner, OwnerMark.GuestsOf(path, owner), cancellationToken).ConfigureAwait(false));
            File.Delete(path);
        }

        return found;
    }

    private static async Task<IReadOnlyList<string>> SweepAsync(IReadOnlyList<CgroupHierarchy> hierarchies, string parent, string owner, ProcessRecords guests, CancellationToken cancellationToken)
    {
        var sweep = new GroupSweep(hierarchies, parent, owner + ".");
        string[] names = [.. sweep.Find(), .. guests.Names().Select(n => owner + "." + n)];
        long start = TimeProvider.System.GetTimestamp();
        while (!(guests.Sweep() & sweep.Step()))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new RuntimeException("residue-stuck",
                    $"Processes of a sandbox whose owner is gone do not die: {string.Join(", ", sweep.Find().Concat(guests.Names()))} below the control group {parent}. Look at them with ps; only a reboot ends a process that hangs in the kernel.");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        return [.. names.Select(n => $"The sandbox {n[(n.IndexOf('.', StringComparison.Ordinal) + 1)..]} was left by an owner that is gone; it was ended and removed.")];
    }
}
