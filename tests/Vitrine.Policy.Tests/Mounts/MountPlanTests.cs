using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Mounts;

/// <summary>Mounts on the model host: what is not about real files.</summary>
public sealed class MountPlanTests
{
    [Theory]
    [InlineData("~/data", "/home/alice/data")]
    [InlineData(".", "/home/alice/project")]
    [InlineData("./src", "/home/alice/project/src")]
    [InlineData("/srv//data/./x/", "/srv/data/x")]
    public void Plan_Source_IsMadeAbsolute(string source, string real) =>
        Assert.Equal(real, Assert.Single(Policies.PlanOf($"mounts: [{{source: '{source}', target: /x}}]").Mounts).Source);

    [Theory]
    [InlineData("/srv/a", "/", "target-refused")]
    [InlineData("/srv/a", "/proc", "target-refused")]
    [InlineData("/srv/a", "/proc/sys", "target-refused")]
    [InlineData("/srv/a", "/sys/fs", "target-refused")]
    [InlineData("/srv/a", "/dev", "target-refused")]
    [InlineData("/srv/a", "/dev/shm", "target-refused")]
    [InlineData("/srv/a", "/.vitrine", "target-refused")]
    [InlineData("/srv/a", "/.vitrine/guest", "target-refused")]
    [InlineData("/srv/a", "/etc", "target-refused")]
    [InlineData("/srv/a", "/usr", "target-refused")]
    [InlineData("/var/lib/vitrine", "/x", "mount-state")]
    [InlineData("/var/lib/docker", "/x", "mount-credentials")]
    [InlineData("/etc/ssl/private", "/x", "mount-credentials")]
    [InlineData("/etc/ssl", "/x", "mount-credentials")]
    [InlineData("/home/bob", "/x", "mount-home")]
    [InlineData("/home/bob/.ssh", "/x", "mount-credentials")]
    [InlineData("/home/nobody-knows", "/x", "mount-home")]
    [InlineData("/home/nobody-knows/.aws/credentials", "/x", "mount-credentials")]
    [InlineData("/data/var/run/secrets/kubernetes.io/serviceaccount", "/x", "mount-credentials")]
    [InlineData("/nowhere", "/x", "mount-missing")]
    public void Plan_MountThatMayNotBe_IsRefusedAtItsLine(string source, string target, string code)
    {
        PolicyProblem problem = Policies.SingleError(Policies.Plan($"name: a\nmounts:\n  - source: {source}\n    target: {target}"));
        Assert.Equal(code, problem.Code);
        Assert.Equal(problem.Path.EndsWith("target", StringComparison.Ordinal) ? 4 : 3, problem.Line);
        Assert.NotEmpty(problem.Hint);
    }

    [Theory]
    [InlineData("/etc/hostname", "/etc/hostname-of-host")]
    [InlineData("/etc/ssl/certs", "/etc/ssl/certs")]
    [InlineData("/usr/share", "/usr/share")]
    [InlineData("/srv/a", "/run/data")]
    [InlineData("/srv/a", "/home/user/data")]
    public void Plan_MountThatMayBe_GoesIn(string source, string target) =>
        Assert.Single(Policies.PlanOf($"mounts: [{{source: {source}, target: {target}}}]").Mounts);

    [Theory]
    [InlineData("/a", "/a", "target-twice")]
    [InlineData("/a", "/a/b", "target-overlap")]
    [InlineData("/a/b", "/a", "target-overlap")]
    public void Plan_TargetsInEachOther_AreRefused(string first, string second, string code) =>
        Assert.Equal(code,
            Policies.SingleError(Policies.Plan($"mounts: [{{source: /srv/1, target: {first}}}, {{source: /srv/2, target: {second}}}]")).Code);

    [Fact]
    public void Plan_TargetsSideBySide_AreInTheirOrder() =>
        Assert.Equal(["/a", "/a-b", "/ab"],
            Policies.PlanOf("mounts: [{source: /srv/1, target: /ab}, {source: /srv/2, target: /a}, {source: /srv/3, target: /a-b}]").Mounts.Select(mount => mount.Target), StringComparer.Ordinal);

    [Fact]
    public void Plan_WorkspaceMount_ReplacesTheMemory()
    {
        SandboxPlan plan = Policies.PlanOf("workspace: {mount: ., access: rw}");
        MountPlan mount = Assert.Single(plan.Mounts);
        Assert.Equal(("/home/alice/project", "/workspace", false, true), (mount.Source, mount.Target, mount.ReadOnly, mount.Executable));
        Assert.DoesNotContain(plan.Tmpfs, place => place.Target is "/workspace");
        Assert.Equal("target-twice",
            Policies.SingleError(Policies.Plan("workspace: {mount: .}\nmounts: [{source: /srv/a, target: /workspace}]")).Code);
    }

    [Fact]
    public void Plan_RequestMounts_AreTheOperatorsAlone()
    {
        MountSettings[] mounts = [new() { Source = "/srv/a", Target = "/a" }];
        Assert.Single(Policies.PlanOf("", Policies.Operator with { Mounts = mounts }).Mounts);
        Assert.Equal("request-widens", Policies.SingleError(Policies.Plan("", new PlanRequest { Mounts = mounts })).Code);
    }

    [Fact]
    public void Plan_ForbiddenMountByTheOperator_StaysForbidden()
    {
        PolicyProblem problem = Policies.SingleError(Policies.Plan("", Policies.Operator with
        {
            Mounts =
            [new() { Source = "/var/run/docker.sock", Target = "/a" }]
        }));
        Assert.Equal(("mount-engine-socket", "request.mounts[0].source", 0), (problem.Code, problem.Path, problem.Line));
        Assert.StartsWith("test.yaml: error ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_RelativeSourceWithoutAPlaceToStart_IsRefused()
    {
        Assert.Equal("path-form", Policies.SingleError(Policies.Plan("mounts: [{source: ./a, target: /a}]", new PlanRequest())).Code);
        Assert.Equal("path-form", Policies.SingleError(Policies.Plan("mounts: [{source: ~/a, target: /a}]",
            host: new FakeHost { OwnHome = null })).Code);
    }

    [Fact]
    public void Plan_LinkThatLeadsToAForbiddenPlace_IsRefused()
    {
        var host = new FakeHost();
        host.Links["/srv/innocent"] = "/home/alice/.ssh";
        PolicyProblem problem = Policies.SingleError(Policies.Plan("mounts: [{source: /srv/innocent, target: /a}]", host: host));
        Assert.Equal("mount-credentials", problem.Code);
        Assert.Contains("leads to '/home/alice/.ssh'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OwnerRoot_IsNeededForRootsFilesAlone()
    {
        const string Text = "mounts: [{source: /srv/a, target: /a, access: rw}]";
        Assert.Equal("mount-owner-root", Policies.SingleError(Policies.Plan(Text,
            host: new FakeHost { Owner = new HostOwner(0, 0) })).Code);
        Assert.NotNull(Policies.Plan(Text, host: new FakeHost { Owner = new HostOwner(1000, 0) }).Plan);
        Assert.NotNull(Policies.Plan(Text.Replace("rw", "ro", StringComparison.Ordinal),
            host: new FakeHost { Owner = new HostOwner(0, 0) }).Plan);
    }
}
