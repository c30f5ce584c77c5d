using Vitrine.Policy.Compile;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Writing;

public sealed class PolicyWriterTests
{
    private const string Everything = """
        name: all
        description: "quotes \" and: colons # and \u001b controls"
        user: {name: root, uid: 0, gid: 5, capabilities: [CHOWN, FSETID]}
        image: /srv/image
        workspace: {mount: ./a b, access: rw, exec: false, owner: root}
        mounts:
          - {source: "/srv/with: colon", target: /a, exec: true}
          - {source: ~/x, target: "/b c", mask: [".env", "*.pem", "a/**/b"]}
          - {source: /srv/y, target: /c, mask: auto}
          - {source: /srv/z, target: /d, access: rw, owner: root}
        root: {ephemeral: {size: 1GiB}}
        tmpfs: [{path: /tmp, size: 3MB, inodes: 77, exec: true}, {path: /var/x}]
        limits: {memory: 1.5GiB, cpus: 0.125, pids: 9, disk: 5GiB, open-files: 17, output: 5000B, wall-clock: none, idle: 1d2h3m4s, best-effort: [cpus, disk]}
        environment: {set: {A: "", B: "true", C: "line\nbreak", D: " x ", E: "null", F: "'", G: 漢, H: "- x", I: "1"}, pass: [P, Q]}
        egress:
          allow:
            - a.org
            - "*.b.org:8443"
            - intranet:443
            - npm
            - {preset: pypi, bytes: 1GiB, id: packages}
            - {host: c.org, ports: [443, 9000-9100], protocol: tls, methods: [GET, M-SEARCH], paths: ["/v1/*", "/a%20b:"], internal: true, rate: 10MB, id: x}
            - {host: d, ech: allow}
            - {host: e.org, protocol: tcp, ports: [1-65535]}
          deny: [t.a.org, "*.u.org:80", {host: v.org, ports: [1, 3], id: y}, {preset: go, ports: [443]}]
          resolvers: [10.0.0.53, "[2001:db8::53]:5353"]
          authorities: [/etc/ssl/corp.pem, ~/x.pem]
          proxy: http://proxy.corp:3128
          names-per-wildcard: 7
          connections: 9
        secrets:
          KEY: {from: {env: K}, hosts: [c.org]}
          SB: {from: {file: ~/k}, hosts: ["*.c.org", c.org], headers: [x-key, Authorization], body: [a, "b c"]}
          SC: {from: {command: [pass, show, x, x]}, hosts: [c.org], headers: [], body: [k]}
        seccomp: {allow: [mbind], deny: [socket, connect]}
        layers: {require: [apparmor, user-namespace]}
        debug: {until: 2026-01-31T18:00:00+02:00, reason: "because: x", disable: [seccomp]}
        tests:
          at: 2026-01-31T12:00:00Z
          accept: [{write: /a}, {mount: "/a:/b:rw"}, {env: X}, {limit: pids=4}]
          deny: [{execute: /a}, {syscall: bpf}, {host: x.org}, {layer: landlock}, {capability: CHOWN}, {start: now}]
        """;

    public static TheoryData<string> Texts { get; } = ["", Everything, "root: ephemeral", "user: root", "user: 5",
        .. Directory.GetFiles(Path.Combine(Repository.Root, "policies"), "*.yaml").Select(File.ReadAllText)];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Write_Policy_ReadsBackTheSame(string text)
    {
        PolicyDocument policy = Policies.Read(text);
        foreach (bool withDefaults in (bool[])[false, true])
        {
            string written = PolicyWriter.Write(policy, withDefaults);
            PolicyDocument again = Policies.Read(written);
            Assert.Empty(PolicyExplainer.Diff(policy, again));
            Assert.Equal(written, PolicyWriter.Write(again, withDefaults));
            Assert.Equal(PolicyWriter.Write(policy, true), PolicyWriter.Write(again, true));
        }
    }

    [Fact]
    public void Write_Everything_KeepsEveryValue()
    {
        PolicyDocument policy = Policies.Read(Everything);
        PolicyDocument again = Policies.Read(PolicyWriter.Write(policy));
        Assert.Equal(policy.Description, again.Description);
        Assert.Equal(policy.User with { Capabilities = [] }, again.User with { Capabilities = [] });
        Assert.Equal(policy.User.Capabilities, again.User.Capabilities, StringComparer.Ordinal);
        Assert.Equal(policy.Workspace, again.Workspace);
        Assert.Equal(policy.Mounts.Select(mount => mount with { Mask = [] }), again.Mounts.Select(mount => mount with { Mask = [] }));
        Assert.Equal(policy.Mounts.SelectMany(mount => mount.Mask), again.Mounts.SelectMany(mount => mount.Mask), StringComparer.Ordinal);
        Assert.Equal(policy.Root, again.Root);
        Assert.Equal(policy.Tmpfs, again.Tmpfs);
        Assert.Equal(policy.Limits with { BestEffort = [] }, again.Limits with { BestEffort = [] });
        Assert.Equal(policy.Environment.Set, again.Environment.Set);
        Assert.Equal(PlanJson.Canonical(Plan(policy)), PlanJson.Canonical(Plan(again)));
        Assert.Equal(policy.Egress.Authorities, again.Egress.Authorities, StringComparer.Ordinal);
        Assert.Equal(policy.Tests.Accept, again.Tests.Accept);
        Assert.Equal(policy.Tests.Deny, again.Tests.Deny);
        Assert.Equal(policy.Debug!.Until, again.Debug!.Until);
    }

    // Of the way out, what it becomes holds every value.
    private static SandboxPlan Plan(PolicyDocument policy) => Policies.PlanOf("") with
    {
        Egress = SandboxPlanner.PlanEgress(policy with { Egress = policy.Egress with { Authorities = [] } }, Policies.Operator, new TypicalHost()).Plan!,
    };

    [Fact]
    public void Write_EmptyPolicy_IsShort() => Assert.Equal("version: 1\n", PolicyWriter.Write(new PolicyDocument()));
}
