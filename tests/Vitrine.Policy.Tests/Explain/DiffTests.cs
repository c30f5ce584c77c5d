using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Explain;

public sealed class DiffTests
{
    /// <summary>Two policies and what the second does.</summary>
    public static TheoryData<string, string, PolicyChangeKind, string> Pairs { get; } = new()
    {
        { "", "limits: {memory: 2GiB}", PolicyChangeKind.Widens, "limits.memory" },
        { "", "limits: {cpus: 2}", PolicyChangeKind.Widens, "limits.cpus" },
        { "", "limits: {pids: 257}", PolicyChangeKind.Widens, "limits.pids" },
        { "limits: {disk: 1GiB}", "", PolicyChangeKind.Widens, "limits.disk" },
        { "", "limits: {open-files: 1025}", PolicyChangeKind.Widens, "limits.open-files" },
        { "", "limits: {output: 65MiB}", PolicyChangeKind.Widens, "limits.output" },
        { "", "limits: {wall-clock: none}", PolicyChangeKind.Widens, "limits.wall-clock" },
        { "", "limits: {idle: 31m}", PolicyChangeKind.Widens, "limits.idle" },
        { "", "limits: {best-effort: [pids]}", PolicyChangeKind.Widens, "limits.best-effort" },
        { "", "user: root", PolicyChangeKind.Widens, "user.root" },
        { "user: root", "user: {name: root, capabilities: [CHOWN]}", PolicyChangeKind.Widens, "user.capabilities" },
        { "", "mounts: [{source: /srv/a, target: /a}]", PolicyChangeKind.Widens, "mounts[0]" },
        { "mounts: [{source: /srv/a, target: /a}]", "mounts: [{source: /srv/a, target: /a, access: rw}]", PolicyChangeKind.Widens, "mounts[0].access" },
        { "mounts: [{source: /srv/a, target: /a}]", "mounts: [{source: /srv/a, target: /a, exec: true}]", PolicyChangeKind.Widens, "mounts[0].exec" },
        { "mounts: [{source: /srv/a, target: /a, mask: auto}]", "mounts: [{source: /srv/a, target: /a}]", PolicyChangeKind.Widens, "mounts[0].mask" },
        { "mounts: [{source: /srv/a, target: /a, access: rw}]", "mounts: [{source: /srv/a, target: /a, access: rw, owner: root}]", PolicyChangeKind.Widens, "mounts[0].owner-root" },
        { "", "root: ephemeral", PolicyChangeKind.Widens, "root.ephemeral" },
        { "root: ephemeral", "root: {ephemeral: {size: 1GiB}}", PolicyChangeKind.Widens, "root.ephemeral.size" },
        { "workspace: {exec: false}", "", PolicyChangeKind.Widens, "workspace.exec" },
        { "", "environment: {pass: [CI]}", PolicyChangeKind.Widens, "environment.pass" },
        { "", "egress: {allow: [a.org]}", PolicyChangeKind.Widens, "egress.allow[0]" },
        { "", "seccomp: {allow: [mbind]}", PolicyChangeKind.Widens, "seccomp.allow" },
        { "seccomp: {deny: [socket]}", "", PolicyChangeKind.Widens, "seccomp.deny" },
        { "layers: {require: [landlock]}", "", PolicyChangeKind.Widens, "layers.require" },
        { "", "debug: {until: 2026-01-31T13:00:00Z, reason: x}", PolicyChangeKind.Widens, "debug" },
        { "", "image: /srv/image", PolicyChangeKind.Changes, "image" },
        { "", "environment: {set: {A: b}}", PolicyChangeKind.Changes, "environment.set.A" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Diff_OneChange_IsNamedWithWhatItDoesAndTheOtherWayRound(string before, string after, PolicyChangeKind kind, string path)
    {
        PolicyDocument first = Policies.Read(before);
        PolicyDocument second = Policies.Read(after);
        PolicyChange change = Assert.Single(PolicyExplainer.Diff(first, second));
        Assert.Equal((kind, path), (change.Kind, change.Path));
        Assert.False(PolicyExplainer.IsNarrower(first, second));

        PolicyChange back = Assert.Single(PolicyExplainer.Diff(second, first));
        Assert.Equal(kind == PolicyChangeKind.Widens ? PolicyChangeKind.Narrows : PolicyChangeKind.Changes, back.Kind);
        Assert.Equal(kind == PolicyChangeKind.Widens, PolicyExplainer.IsNarrower(second, first));
    }

    [Fact]
    public void Diff_PlaceInMemory_NamesSizeFilesAndExec()
    {
        IReadOnlyList<PolicyChange> changes = PolicyExplainer.Diff(Policies.Read(""),
            Policies.Read("tmpfs: [{path: /tmp, size: 1GiB, exec: true}]"));
        Assert.Equal(["tmpfs[0] /tmp size", "tmpfs[0] /tmp inodes", "tmpfs[0] /tmp exec"], changes.Select(change => change.Path),
            StringComparer.Ordinal);
        Assert.All(changes, change => Assert.Equal((PolicyChangeKind.Widens, "test.yaml:1"), (change.Kind, change.Reason)));
    }

    [Fact]
    public void Diff_MountOfTheWorkspace_Widens() =>
        Assert.False(PolicyExplainer.IsNarrower(Policies.Read(""), Policies.Read("workspace: {mount: .}")));

    [Fact]
    public void Diff_Widenings_ComeFirstAndNameTheLine()
    {
        IReadOnlyList<PolicyChange> changes = PolicyExplainer.Diff(Policies.Read("limits: {pids: 64}"),
            Policies.Read("name: a\nlimits:\n  memory: 2GiB\n  pids: 32"));
        Assert.Equal(["widens   limits.memory: 1GiB → 2GiB (test.yaml:3)", "narrows  limits.pids: 64 → 32 (test.yaml:4)"],
            changes.Select(change => change.ToString()), StringComparer.Ordinal);
    }

    [Fact]
    public void Diff_SamePolicy_IsEmptyAndNarrower()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "policies"), "*.yaml"))
        {
            PolicyDocument policy = Policies.Read(File.ReadAllText(file));
            Assert.Empty(PolicyExplainer.Diff(policy, Policies.Read(File.ReadAllText(file))));
            Assert.True(PolicyExplainer.IsNarrower(policy, policy));
        }
    }

    [Fact]
    public void Diff_ReadyPoliciesAgainstTheEmptyOne_NoneNarrowsExceptByName()
    {
        PolicyDocument empty = Policies.Read("");
        foreach (string name in (string[])["python", "build", "node", "coding-agent", "debug"])
        {
            PolicyDocument policy = Policies.Read(Repository.Read($"policies/{name}.yaml"));
            Assert.Contains(PolicyExplainer.Diff(empty, policy), change => change.Kind == PolicyChangeKind.Widens);
            Assert.DoesNotContain(PolicyExplainer.Diff(policy, empty), change => change.Kind == PolicyChangeKind.Widens);
        }
    }
}
