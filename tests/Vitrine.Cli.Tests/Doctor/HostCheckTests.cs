using Vitrine.Cli.Commands.Doctor;

namespace Vitrine.Cli.Tests.Doctor;

public sealed class HostCheckTests
{
    [Fact]
    public void Check_CurrentHostAsRoot_IsAllOk() => Assert.All(new FakeHost().Check(), static c => Assert.Equal(CheckStatus.Ok, c.Status));

    [Theory]
    [InlineData("version", "/proc/sys/kernel/osrelease", "5.10.0-30-amd64", CheckStatus.Missing)]
    [InlineData("version", "/proc/sys/kernel/osrelease", "5.13.4", CheckStatus.Weaker)]
    [InlineData("seccomp", "/proc/sys/kernel/seccomp/actions_avail", "", CheckStatus.Missing)]
    [InlineData("overlay", "/proc/filesystems", "\text4", CheckStatus.Missing)]
    [InlineData("lsm", "/sys/kernel/security/lsm", "capability", CheckStatus.Weaker)]
    [InlineData("user", "/proc/sys/user/max_user_namespaces", "0", CheckStatus.Missing)]
    [InlineData("memory", "/sys/fs/cgroup/cgroup.controllers", "cpu pids", CheckStatus.Missing)]
    [InlineData("mode", "/proc/self/mounts", "/dev/vda / ext4 rw 0 0", CheckStatus.Missing)]
    [InlineData("mode", "/proc/self/mounts", "/dev/vda / ext4 rw 0 0\ncgroup /c cgroup rw,memory,cpu,pids 0 0", CheckStatus.Weaker)]
    [InlineData("id-mapped mounts", "/proc/self/mounts", "overlay / overlay rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0",
        CheckStatus.Weaker)]
    internal void Check_SomethingIsMissing_SaysSo(string name, string path, string text, CheckStatus expected)
    {
        Check check = Assert.Single(new FakeHost().With(path, text).Check(), c => c.Name == name);
        Assert.Equal(expected, check.Status);
    }

    [Fact]
    public void Check_NothingThatIsMissing_LacksAWayOut()
    {
        IReadOnlyList<Check> checks = new FakeHost()
            .With("/proc/sys/kernel/osrelease", "4.19.0").With("/proc/sys/user/max_user_namespaces", "0").With("/proc/filesystems", "")
            .With("/proc/sys/kernel/seccomp/actions_avail", "").With("/sys/fs/cgroup/cgroup.controllers", "")
                .Check(isRoot: false, landlockAbi: 0);
        Check[] missing = [.. checks.Where(static c => c.Status == CheckStatus.Missing)];
        Assert.True(missing.Length >= 8, string.Join('\n', checks));
        Assert.All(missing, static c => Assert.False(string.IsNullOrEmpty(c.Mend), c.ToString()));
    }

    [Fact]
    public void Check_HybridWithAControllerInV2_NamesTheMountThatCrunNeeds()
    {
        FakeHost host = new FakeHost()
            .With("/proc/self/mounts",
                "/dev/vda / ext4 rw 0 0\ncgroup /c/memory cgroup rw,memory 0 0\ncgroup /c/cpu cgroup rw,cpu,cpuacct 0 0\ncgroup /c/pids cgroup rw,pids 0 0\ncgroup2 /c/unified cgroup2 rw 0 0")
            .With("/c/unified/cgroup.controllers", "hugetlb");
        Check check = Assert.Single(host.Check(), static c => c.Status != CheckStatus.Ok);
        Assert.Equal("mkdir -p /sys/fs/cgroup/hugetlb && mount -t cgroup -o hugetlb hugetlb /sys/fs/cgroup/hugetlb", check.Mend);
    }

    [Fact]
    public void Check_CoreHandlerBehindAPipe_IsNamed()
    {
        Check check = Assert.Single(new FakeHost().With("/proc/sys/kernel/core_pattern", "|/usr/share/apport/apport -p%p").Check(),
            static c => c.Name == "core dumps");
        Assert.Contains("/usr/share/apport/apport", check.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1")]
    [InlineData("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "sysctl kernel.apparmor_restrict_unprivileged_userns=0")]
    public void Check_UnprivilegedNamespacesForbidden_SaysWhichSwitch(string path, string value, string mend)
    {
        FakeHost host = new FakeHost().With(path, value);
        Assert.Equal(mend, Assert.Single(host.Check(isRoot: false), static c => c.Name == "user").Mend);
        Assert.Equal(CheckStatus.Ok, Assert.Single(host.Check(isRoot: true), static c => c.Name == "user").Status);
    }

    [Fact]
    public void Check_UnprivilegedWithoutDelegation_SaysWhichLimitsAreLost()
    {
        FakeHost host = new FakeHost().With("/proc/self/cgroup", "0::/user.slice/a")
            .With("/sys/fs/cgroup/user.slice/a/cgroup.controllers", "memory pids");
        Check check = Assert.Single(host.Check(isRoot: false), static c => c.Name == "delegation");
        Assert.Equal(CheckStatus.Missing, check.Status);
        Assert.StartsWith("cpu not given", check.Detail, StringComparison.Ordinal);
    }
}
