using Vitrine.Linux.Mounts;

namespace Vitrine.Linux.Cgroups;

/// <summary>One mounted control group hierarchy (cgroups(7)).</summary>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Unified">Whether it is version 2.</param>
/// <param name="Controllers">Controllers it holds; on version 1 also `name=...`.</param>
public sealed record CgroupHierarchy(string MountPoint, bool Unified, IReadOnlySet<string> Controllers)
{
    /// <summary>The hierarchies this process sees.</summary>
    public static IReadOnlyList<CgroupHierarchy> ReadAll() => From(MountEntry.ReadSelf(), File.ReadAllText);

    /// <summary>Finds them among mounts.</summary>
    /// <param name="mounts">Mounts of this process.</param>
    /// <param name="read">Reads a small file: `cgroup.controllers` of version 2.</param>
    public static IReadOnlyList<CgroupHierarchy> From(IReadOnlyList<MountEntry> mounts, Func<string, string> read)
    {
        var found = new List<CgroupHierarchy>();
        foreach (MountEntry mount in mounts)
        {
            if (mount.Type == "cgroup2" && found.TrueForAll(static h => !h.Unified))
            {
                string[] controllers = read(mount.Path + "/cgroup.controllers").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
                found.Add(new CgroupHierarchy(mount.Path, true, new HashSet<string>(controllers, StringComparer.Ordinal)));
            }
            else if (mount.Type == "cgroup")
            {
                IEnumerable<string> controllers = mount.SuperOptions.Where(static o => Known.Contains(o) || o.StartsWith("name=", StringComparison.Ordinal));
                var set = new HashSet<string>(controllers, StringComparer.Ordinal);
                if (set.Count > 0 && found.TrueForAll(h => !h.Controllers.SetEquals(set)))
                    found.Add(new CgroupHierarchy(mount.Path, false, set));
            }
        }

        return found;
    }

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "hugetlb", "memory", "misc", "net_cls", "net_prio", "perf_event", "pids", "rdma",
    };
}
