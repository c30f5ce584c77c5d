using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile.Landlock;

/// <summary>
/// Compiles the rules of a sandbox's one Landlock domain. The guest enters it before it answers, commands inherit it. Landlock rules only
/// add: an access is allowed at a path if a rule on it or on a parent allows it. So the root gives reading and execution, and only writable
/// places give more: a mount that is writable by mistake, or a kernel interface that is not covered, stays closed to writes.
/// </summary>
public static class LandlockCompiler
{
    private const ulong Device =
        LandlockAccess.ReadFile | LandlockAccess.WriteFile | LandlockAccess.Truncate | LandlockAccess.DeviceControl;

    // Sockets and FIFOs made in a host directory would be there for the host's programs to connect to or hang on, and the next start would
    // refuse the mount.
    private const ulong ChangeHost = LandlockAccess.Change & ~(LandlockAccess.MakeSocket | LandlockAccess.MakeFifo);

    private static readonly string[] s_devices =
        ["/dev/full", "/dev/null", "/dev/ptmx", "/dev/random", "/dev/tty", "/dev/urandom", "/dev/zero"];

    /// <summary>Compiles the rules.</summary>
    /// <param name="root">The root file system's writability.</param>
    /// <param name="tmpfs">Memory file systems.</param>
    /// <param name="mounts">Host paths that go in.</param>
    /// <returns>
    /// Rules in the order of their paths, one a path. They name every access of ABI 5: whoever applies them drops those the kernel does not
    /// know (<see cref="LandlockAccess.Handled"/>) and, on a path that is no directory, those but <see cref="LandlockAccess.OnFiles"/>; a
    /// path that does not exist is left out.
    /// </returns>
    public static IReadOnlyList<LandlockPlan> Compile(RootPlan root, IEnumerable<TmpfsPlan> tmpfs, IEnumerable<MountPlan> mounts)
    {
        ArgumentNullException.ThrowIfNull(root);
        SortedDictionary<string, ulong> rules = new(StringComparer.Ordinal);
        Give("/", LandlockAccess.ReadAndExecute | (root.Writable ? LandlockAccess.Change : 0));
        foreach (var device in s_devices)
            Give(device, Device);
        Give("/dev/pts", Device | LandlockAccess.ReadDirectory);
        foreach (var place in tmpfs)
            Give(place.Target, LandlockAccess.Change);
        foreach (var mount in mounts.Where(mount => !mount.ReadOnly))
            Give(mount.Target, ChangeHost);
        return [.. rules.Select(rule => new LandlockPlan(rule.Key, rule.Value))];

        void Give(string path, ulong access) => rules[path] = rules.GetValueOrDefault(path) | access;
    }
}
