using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Mounts;

namespace Vitrine.Linux.Tests.Cgroups;

public sealed class CgroupHierarchyTests
{
    [Fact]
    public void From_VersionTwo_IsOneWithItsControllers()
    {
        CgroupHierarchy only = Assert.Single(From("30 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n", "cpuset cpu io memory pids\n"));
        Assert.True(only.Unified);
        Assert.True(only.Controllers.SetEquals(["cpuset", "cpu", "io", "memory", "pids"]));
    }

    [Fact]
    public void From_VersionOne_HasOneEach()
    {
        IReadOnlyList<CgroupHierarchy> all = From(
            "30 1 0:26 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n31 1 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
            + "32 1 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n", "");
        Assert.Equal("cpu,cpuacct pids name=systemd", string.Join(' ', all.Select(static h => string.Join(',', h.Controllers))));
        Assert.All(all, static h => Assert.False(h.Unified));
    }

    [Fact]
    public void From_Hybrid_HasBoth()
    {
        IReadOnlyList<CgroupHierarchy> all = From("30 1 0:26 / /c/memory rw - cgroup cgroup rw,memory\n31 1 0:27 / /c/unified rw - cgroup2 cgroup2 rw\n", "");
        var group = new ControlGroup(all, "vitrine/x");
        Assert.Equal("/c/memory/vitrine/x", group.DirectoryOf("memory"));
        Assert.False(group.IsUnified("memory"));
        Assert.Equal("/c/unified/vitrine/x", group.UnifiedDirectory);
        Assert.Null(group.DirectoryOf("pids"));
    }

    [Fact]
    public void From_SameHierarchyMountedTwice_CountsOnce() =>
        Assert.Single(From("30 1 0:26 / /a rw - cgroup cgroup rw,pids\n31 1 0:26 / /b rw - cgroup cgroup rw,pids\n", ""));

    private static IReadOnlyList<CgroupHierarchy> From(string mountinfo, string controllers) => CgroupHierarchy.From(MountEntry.Parse(mountinfo), _ => controllers);
}
