using Vitrine.Linux.Mounts;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Configuration;
using Vitrine.Runtimes.Oci.Staging;

namespace Vitrine.Runtimes.Oci.Checking;

/// <summary>One mount that a sandbox must have.</summary>
/// <param name="Path">Where.</param>
/// <param name="Type">File system; null where it depends on the host (a direct mount).</param>
/// <param name="Attributes">Exactly these attributes.</param>
internal sealed record ExpectedMount(string Path, string? Type, MountAttributes Attributes);

/// <summary>The mounts a sandbox must have, by its plan, and the comparison with those it has. Pure.</summary>
internal static class ExpectedMounts
{
    private const MountAttributes Sealed = MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoDevices;

    /// <summary>The list for a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="hostDirectories">Directories of the image `host`; empty for another image.</param>
    /// <param name="isDirectory">Whether the mount of the plan at an index is a directory.</param>
    /// <param name="devices">Names of devices that are mounts; none where /dev holds them itself.</param>
    public static IReadOnlyList<ExpectedMount> Of(SandboxPlan plan, IReadOnlyList<string> hostDirectories, Func<int, bool> isDirectory, params IEnumerable<string> devices)
    {
        var expected = new List<ExpectedMount>
        {
            new("/", "overlay", plan.Root.Writable ? Sealed & ~MountAttributes.ReadOnly : Sealed),
            new("/.vitrine", "overlay", Sealed),
            new("/dev", "tmpfs", MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoExecute),
            new("/dev/pts", "devpts", MountAttributes.NoSetId | MountAttributes.NoExecute),
            new("/proc", "proc", MountAttributes.NoSetId | MountAttributes.NoDevices | MountAttributes.NoExecute),
            new("/sys", "sysfs", Sealed | MountAttributes.NoExecute),
        };
        expected.AddRange(hostDirectories.Select(static d => new ExpectedMount("/" + d, "overlay", Sealed)));
        expected.AddRange(devices.Select(static d => new ExpectedMount("/dev/" + d, null, MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoExecute)));
        foreach (TmpfsPlan tmpfs in plan.Tmpfs)
        {
            MountAttributes attributes = MountAttributes.NoSetId | MountAttributes.NoDevices | (tmpfs.Executable ? MountAttributes.None : MountAttributes.NoExecute);
            expected.Add(new ExpectedMount(tmpfs.Target, "tmpfs", attributes));
        }

        for (int i = 0; i < plan.Mounts.Count; i++)
        {
            MountPlan mount = plan.Mounts[i];
            expected.Add(new ExpectedMount(mount.Target, mount.ReadOnly && isDirectory(i) ? "overlay" : null, MountSource.Attributes(mount)));
        }

        return expected;
    }

    /// <summary>Compares what a sandbox must have with what it has.</summary>
    /// <param name="plan">The plan: what it masks may be covered.</param>
    /// <param name="expected">What it must have.</param>
    /// <param name="actual">Its mountinfo.</param>
    /// <returns>A sentence for each difference; empty when it is as planned.</returns>
    public static IReadOnlyList<string> Compare(SandboxPlan plan, IReadOnlyList<ExpectedMount> expected, IReadOnlyList<MountEntry> actual)
    {
        var differences = new List<string>();
        var left = new List<MountEntry>(actual);
        foreach (ExpectedMount mount in expected)
        {
            int at = left.FindIndex(e => e.Path == mount.Path);
            if (at < 0)
            {
                differences.Add($"{mount.Path} is missing");
                continue;
            }

            MountEntry entry = left[at];
            left.RemoveAt(at);
            if (mount.Type is not null && entry.Type != mount.Type)
                differences.Add($"{mount.Path} is {entry.Type} instead of {mount.Type}");
            if (AttributesOf(entry) != mount.Attributes)
                differences.Add($"{mount.Path} is {AttributesOf(entry)} instead of {mount.Attributes}");
        }

        var covers = new HashSet<string>(plan.Mounts.SelectMany(static m => m.Masks.Select(mask => $"{m.Target}/{mask}")), StringComparer.Ordinal);
        foreach (string path in KernelPaths.Masked.Concat(KernelPaths.ReadOnly))
            covers.Add(path);
        foreach (MountEntry entry in left)
        {
            if (!covers.Remove(entry.Path))
                differences.Add($"{entry.Path} ({entry.Type}) is not in the plan");
            else if (!entry.Options.Contains("ro"))
                differences.Add($"the cover of {entry.Path} is writable");
        }

        return differences;
    }

    private static MountAttributes AttributesOf(MountEntry entry) =>
        (entry.Options.Contains("ro") ? MountAttributes.ReadOnly : MountAttributes.None)
        | (entry.Options.Contains("nosuid") ? MountAttributes.NoSetId : MountAttributes.None)
        | (entry.Options.Contains("nodev") ? MountAttributes.NoDevices : MountAttributes.None)
        | (entry.Options.Contains("noexec") ? MountAttributes.NoExecute : MountAttributes.None);
}
