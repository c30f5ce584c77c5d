using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Explain;

public sealed class EgressDiffTests
{
    /// <summary>Two allow-lists (or whole policies), and the change: kind, path, before, after.</summary>
    public static TheoryData<string, string, string> Pairs { get; } = new()
    {
        { "[]", "[a.org]", "widens   egress.allow[0]: - → a.org:443" },
        { "[a.org]", "[a.org, npm]", "widens   egress.allow[1]: - → preset npm" },
        { "[a.org]", "[a.org, 'a.org:8443']", "widens   egress.allow[1]: a.org:443 → a.org:443, 8443" },
        { "[{host: a.org, ports: [443]}]", "[{host: a.org, ports: [443, 9000-9010]}]", "widens   egress.allow[0]: a.org:443 → a.org:443, 9000-9010" },
        { "[{host: a.org, ports: [9000-9010]}]", "[{host: a.org, ports: [9001-9009]}]", "narrows  egress.allow[0]: a.org:9000-9010 → a.org:9001-9009" },
        { "[a.org]", "['*.a.org', a.org]", "widens   egress.allow[0]: - → *.a.org:443" },
        { "['*.a.org']", "[x.a.org]", "narrows  egress.allow: *.a.org:443 → -" },
        { "['*.a.org']", "['*.b.a.org']", "narrows  egress.allow: *.a.org:443 → -" },
        { "[{host: a.org, inspect: true}]", "[a.org]", "widens   egress.allow[0].inspect: true → false" },
        { "[{host: a.org, methods: [GET]}]", "[{host: a.org, methods: [GET, PUT]}]", "widens   egress.allow[0].methods: - → PUT" },
        { "[{host: a.org, methods: [GET]}]", "[{host: a.org, inspect: true}]", "widens   egress.allow[0].methods: GET → all" },
        { "[{host: a.org, paths: [/x]}]", "[{host: a.org, inspect: true}]", "widens   egress.allow[0].paths: /x → all" },
        { "[a.org]", "[{host: a.org, internal: true}]", "widens   egress.allow[0].internal: false → true" },
        { "[a.org]", "[{host: a.org, ech: allow}]", "widens   egress.allow[0].ech: false → true" },
        { "[{host: a.org, bytes: 1MiB}]", "[a.org]", "widens   egress.allow[0].bytes: 1MiB → unlimited" },
        { "[{host: a.org, rate: 1MiB}]", "[{host: a.org, rate: 2MiB}]", "widens   egress.allow[0].rate: 1MiB → 2MiB" },
        { "[a.org]", "[{host: a.org, protocol: tcp, ports: [443]}]", "widens   egress.allow[0].protocol: tls → tcp" },
        { "['a.org:8080']", "[{host: a.org, protocol: ssh, ports: [8080]}]", "changes  egress.allow[0].protocol: tls → ssh" },
        { "[{host: x.a.org, methods: [GET]}, '*.a.org']", "['*.a.org', {host: x.a.org, methods: [GET]}]", "widens   egress.allow[0].inspect: true → false; widens   egress.allow[0].methods: GET → all" },
        { "[{host: x.a.org, methods: [GET]}, '*.a.org']", "['*.a.org']", "widens   egress.allow[0].inspect: true → false; widens   egress.allow[0].methods: GET → all" },
        { "[{host: x.npmjs.org, methods: [GET]}, npm]", "[npm]", "widens   egress.allow[0].inspect: true → false; widens   egress.allow[0].methods: GET → all; narrows  egress.allow: x.npmjs.org:443 → -" },
        { "[npm]", "['*.npmjs.org']", "widens   egress.allow[0]: - → *.npmjs.org:443; narrows  egress.allow: preset npm → -" },
        { "[a.org]", "[{host: a.org, ports: [443], protocol: tls, id: other}]", "" },
        { "['*.a.org', b.org]", "[b.org, '*.a.org']", "" },
        { "egress: {allow: [a.org], deny: [b.org]}", "egress: {allow: [a.org]}", "widens   egress.deny: b.org → -" },
        { "egress: {allow: [a.org], deny: [b.org]}", "egress: {allow: [a.org], deny: ['b.org:1']}", "widens   egress.deny: b.org → -; narrows  egress.deny: - → b.org:1" },
        { "egress: {allow: [a.org]}", "egress: {allow: [a.org], resolvers: [10.0.0.1]}", "changes  egress.resolvers: - → 10.0.0.1:53" },
        { "egress: {allow: [a.org]}", "egress: {allow: [a.org], authorities: [/x.pem]}", "widens   egress.authorities: - → /x.pem" },
        { "egress: {allow: [a.org]}", "egress: {allow: [a.org], proxy: 'http://p.org:1'}", "changes  egress.proxy: - → http://p.org:1" },
        { "egress: {allow: [a.org]}", "egress: {allow: [a.org], names-per-wildcard: 300}", "widens   egress.names-per-wildcard: 256 → 300" },
        { "egress: {allow: [a.org]}", "egress: {allow: [a.org], connections: 129}", "widens   egress.connections: 128 → 129" },
        { "", "secrets: {K: {from: {env: K}, hosts: [a.org]}}", "widens   secrets: - → K" },
        { "secrets: {K: {from: {env: K}, hosts: [a.org]}}", "secrets: {K: {from: {env: L}, hosts: [a.org]}}", "changes  secrets.K.from: environment K → environment L" },
        { "secrets: {K: {from: {env: K}, hosts: [a.org]}}", "secrets: {K: {from: {env: K}, hosts: [a.org, b.org]}}", "widens   secrets.K.hosts: - → b.org" },
        { "secrets: {K: {from: {env: K}, hosts: [a.org]}}", "secrets: {K: {from: {env: K}, hosts: [a.org], headers: [Authorization, x-key]}}", "widens   secrets.K.headers: - → x-key" },
        { "secrets: {K: {from: {env: K}, hosts: [a.org]}}", "secrets: {K: {from: {env: K}, hosts: [a.org], body: [k]}}", "widens   secrets.K.body: - → k" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Diff_OfTheWayOut_IsWhatTheListsMean(string before, string after, string changes)
    {
        PolicyDocument first = Policies.Read(before.StartsWith('[') ? $"egress: {{allow: {before}}}" : before);
        PolicyDocument second = Policies.Read(after.StartsWith('[') ? $"egress: {{allow: {after}}}" : after);
        Assert.Equal(changes, string.Join("; ", PolicyExplainer.Diff(first, second).Select(change => change.ToString().Split(" (")[0])));
        Assert.Equal(!changes.Contains("widens", StringComparison.Ordinal) && !changes.Contains("changes", StringComparison.Ordinal),
            PolicyExplainer.IsNarrower(first, second));
    }

    /// <summary>What a caller may not do must never be called narrower.</summary>
    [Fact]
    public void IsNarrower_AnyTwoPolicies_OnlyWhenNothingMoreIsAllowed()
    {
        var random = new Random(23);
        string[] names = ["a.org", "x.a.org", "b.x.a.org", "n.a.org", "example.npmjs.org", "npmjs.org"];
        int narrower = 0;
        for (int round = 0; round < 1500; round++)
        {
            string text = Lists(random);
            PolicyDocument before = Policies.Read(text);
            PolicyDocument after = Policies.Read(random.Next(4) == 0 ? Lists(random) : Mutate(random, text));
            if (!PolicyExplainer.IsNarrower(before, after)) continue;
            narrower++;
            EgressPlan old = SandboxPlanner.PlanEgress(before, Policies.Operator, new TypicalHost()).Plan!;
            EgressPlan now = SandboxPlanner.PlanEgress(after, Policies.Operator, new TypicalHost()).Plan!;
            foreach (string name in names)
            {
                foreach (int port in (int[])[22, 80, 443, 8443])
                {
                    EgressVerdict is_ = EgressJudge.Judge(now, name, port);
                    if (!is_.Allowed) continue;
                    EgressVerdict was = EgressJudge.Judge(old, name, port);
                    Assert.True(was.Allowed, $"{name}:{port}\n{PolicyWriter.Write(before)}\n{PolicyWriter.Write(after)}");
                    Assert.True(!is_.Rule!.Internal || was.Rule!.Internal, name);
                    Assert.True(is_.Rule.Inspect || !was.Rule!.Inspect, name);
                    Assert.Equal(was.Rule!.Protocol, is_.Rule.Protocol);
                    foreach (string method in (string[])["GET", "PUT"])
                        Assert.True(!EgressJudge.JudgeRequest(is_.Rule, method, "/").Allowed || EgressJudge.JudgeRequest(was.Rule, method, "/").Allowed);
                }
            }
        }

        Assert.True(narrower > 100, $"only {narrower} were narrower");
    }

    private static string Lists(Random random) =>
        $"egress: {{allow: [{string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => Item(random)))}], deny: [{(random.Next(3) == 0 ? "x.a.org" : "")}]}}";

    // Dropping an item, adding a condition: what a narrowing looks like, though it need not be one.
    private static string Mutate(Random random, string text) => random.Next(3) switch
    {
        0 => text.Replace("deny: []", "deny: [n.a.org]", StringComparison.Ordinal),
        1 => text.Replace("[{host: x.a.org, ports: [443, 8443]}, ", "[", StringComparison.Ordinal).Replace("['*.a.org', ", "[", StringComparison.Ordinal),
        _ => text.Replace("'*.a.org'", "x.a.org", StringComparison.Ordinal).Replace(", internal: true", "", StringComparison.Ordinal),
    };

    private static string Item(Random random)
    {
        string[] items = ["a.org", "'*.a.org'", "{host: x.a.org, ports: [443, 8443]}", "{host: '*.x.a.org', methods: [GET]}", "{host: x.a.org, internal: true}", "{host: '*.a.org', inspect: true}", "npm", "example.npmjs.org", "{preset: npm, methods: [GET]}", "'a.org:22'", "'*.a.org:80'"];
        return items[random.Next(items.Length)];
    }
}
