using Vitrine.Cli.Running.Rootless;

namespace Vitrine.Cli.Tests.Doctor;

public sealed class RootlessHostTests
{
    private static FakeHost Whole() => new FakeHost().With("/etc/subuid", "ann:100000:65536").With("/etc/subgid", "1001:100000:65535")
        .With("/usr/bin/newuidmap", "").With("/usr/bin/newgidmap", "");

    [Fact]
    public void Missing_WholeHost_IsNothing()
    {
        Assert.Null(Of(Whole()).Missing());
        Assert.EndsWith("/usr/bin/unshare", Of(Whole()).Unshare, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/bin/unshare", "apt-get install util-linux")]
    [InlineData("/usr/bin/newuidmap", "apt-get install uidmap")]
    [InlineData("/usr/bin/newgidmap", "apt-get install uidmap")]
    [InlineData("/etc/subuid", "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann")]
    [InlineData("/etc/subgid", "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann")]
    public void Missing_OnePart_IsNamedWithItsCommand(string path, string mend) => Assert.Equal(mend, Of(Whole().Without(path)).Missing()?.Mend);

    [Theory]
    [InlineData("ann:100000:65534")]
    [InlineData("bob:100000:65536")]
    [InlineData("10:100000:65536")]
    [InlineData("ann:100000")]
    public void Missing_RangeOfAnotherOrTooSmall_CountsNot(string line) => Assert.Contains("/etc/subuid", Of(Whole().With("/etc/subuid", line)).Missing()?.Why, StringComparison.Ordinal);

    [Theory]
    [InlineData("/proc/sys/user/max_user_namespaces", "0")]
    [InlineData("/proc/sys/kernel/unprivileged_userns_clone", "0")]
    [InlineData("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")]
    public void Missing_NamespacesForbidden_IsToldFirst(string path, string value) =>
        Assert.StartsWith("sysctl ", Of(Whole().With(path, value).Without("/etc/subuid")).Missing()?.Mend, StringComparison.Ordinal);

    private static RootlessHost Of(FakeHost host) => new(host.Files, "ann", 1001);
}
