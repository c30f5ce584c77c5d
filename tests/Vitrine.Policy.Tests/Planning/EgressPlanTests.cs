using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Planning;

public sealed class EgressPlanTests
{
    [Fact]
    public void PlanEgress_NothingAllowed_HasNoRules()
    {
        Assert.Empty(Plan("").Allow);
        Assert.Empty(Plan("egress: {deny: [a.org]}").Deny);
    }

    /// <summary>An item of the allow-list, and the rules it becomes: `id host ports protocol`.</summary>
    public static TheoryData<string, string> Entries { get; } = new()
    {
        { "api.example.org", "egress.allow[0] api.example.org 443 Tls" },
        { "API.Example.org", "egress.allow[0] api.example.org 443 Tls" },
        { "'*.example.org:8443'", "egress.allow[0] *.example.org 8443 Tls" },
        { "git.example.org:22", "egress.allow[0] git.example.org 22 Ssh" },
        { "a.org:80", "egress.allow[0] a.org 80 Http inspect" },
        { "intranet:443", "egress.allow[0] intranet 443 Tls" },
        { "a.org:9000-9100", "egress.allow[0] a.org 9000-9100 Tls" },
        { "{host: a.org}", "egress.allow[0] a.org 443 Tls" },
        { "{host: intranet, internal: true}", "egress.allow[0] intranet 443 Tls internal" },
        { "{host: a.org, protocol: ssh}", "egress.allow[0] a.org 22 Ssh" },
        { "{host: a.org, protocol: http}", "egress.allow[0] a.org 80 Http inspect" },
        { "{host: a.org, protocol: tcp, ports: [5432]}", "egress.allow[0] a.org 5432 Tcp" },
        { "{host: a.org, ports: [443, 9050, 9000-9100, 9101, 9101]}", "egress.allow[0] a.org 443,9000-9101 Tls" },
        { "{host: a.org, ports: [1-65535], protocol: tcp}", "egress.allow[0] a.org 1-65535 Tcp" },
        { "{host: a.org, ports: [20-100]}", "egress.allow[0] a.org 20-21,23-79,81-100 Tls; egress.allow[0]:80 a.org 80 Http inspect; egress.allow[0]:22 a.org 22 Ssh" },
        { "{host: a.org, ports: [80, 443], id: x}", "x a.org 443 Tls; x:80 a.org 80 Http inspect" },
        { "{host: a.org, methods: [GET]}", "egress.allow[0] a.org 443 Tls inspect" },
        { "{host: a.org, paths: [/v1/*]}", "egress.allow[0] a.org 443 Tls inspect" },
        { "{host: a.org, inspect: true}", "egress.allow[0] a.org 443 Tls inspect" },
        { "{host: a.org, ech: allow}", "egress.allow[0] a.org 443 Tls ech" },
        { "npm", "egress.allow[0]/npm/*.npmjs.org *.npmjs.org 443 Tls; egress.allow[0]/npm/*.yarnpkg.com *.yarnpkg.com 443 Tls" },
        { "NPM", "egress.allow[0]/npm/*.npmjs.org *.npmjs.org 443 Tls; egress.allow[0]/npm/*.yarnpkg.com *.yarnpkg.com 443 Tls" },
        { "{preset: go, id: mods, methods: [GET]}", "mods/*.golang.org *.golang.org 443 Tls inspect" },
        { "{preset: go, ports: [8443]}", "egress.allow[0]/go/*.golang.org *.golang.org 8443 Tls" },
        { "debian", "egress.allow[0]/debian/*.debian.org *.debian.org 443 Tls; egress.allow[0]/debian/*.debian.org:80 *.debian.org 80 Http inspect" },
        { "{preset: debian, protocol: tls}", "egress.allow[0]/debian/*.debian.org *.debian.org 443 Tls" },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void PlanEgress_Entry_BecomesItsRules(string entry, string rules) =>
        Assert.Equal(rules, string.Join("; ", Plan($"egress: {{allow: [{entry}]}}").Allow.Select(Show)));

    [Fact]
    public void PlanEgress_Everything_IsInThePlan()
    {
        EgressPlan plan = Plan("""
            egress:
              allow: [{host: a.org, paths: [/v1/*], methods: [GET, HEAD], bytes: 1GiB, rate: 10MiB}]
              deny: [b.org, "*.c.org:8080", {host: d.org, ports: [1-10]}, {preset: go, id: no-go}]
              resolvers: [10.0.0.53, "10.0.0.54:5353", "2001:db8::53", "[2001:db8::54]:54"]
              authorities: [/home/alice/data/corp.pem]
              proxy: http://Proxy.example.org:3128
              names-per-wildcard: 5
              connections: 7
            secrets:
              KEY: {from: {env: HOST_KEY}, hosts: [a.org], headers: [x-api-key], body: [key]}
              OTHER: {from: {file: ~/key}, hosts: [a.org]}
              THIRD: {from: {command: [pass, show, x, x]}, hosts: [a.org]}
            """, new TestHost());
        EgressRule rule = Assert.Single(plan.Allow);
        Assert.Equal(["/v1/*"], rule.Paths, StringComparer.Ordinal);
        Assert.Equal(["GET", "HEAD"], rule.Methods, StringComparer.Ordinal);
        Assert.Equal((1L << 30, 10L << 20), (rule.Bytes, rule.BytesPerSecond));
        Assert.Equal(["egress.deny[0] b.org 1-65535", "egress.deny[1] *.c.org 8080", "egress.deny[2] d.org 1-10", "no-go/*.golang.org *.golang.org 1-65535"],
            plan.Deny.Select(deny => string.Join(' ', Show(deny).Split(' ')[..3])), StringComparer.Ordinal);
        Assert.Equal(["10.0.0.53:53", "10.0.0.54:5353", "[2001:db8::53]:53", "[2001:db8::54]:54"], plan.Resolvers, StringComparer.Ordinal);
        Assert.Equal(["/home/alice/data/corp.pem"], plan.Authorities, StringComparer.Ordinal);
        Assert.Equal(("http://proxy.example.org:3128", 5, 7), (plan.UpstreamProxy, plan.NamesPerWildcard, plan.Connections));
        Assert.Equal(["KEY", "OTHER", "THIRD"], plan.Secrets.Select(secret => secret.Name), StringComparer.Ordinal);
        Assert.Equal((SecretSourceKind.Environment, "HOST_KEY"), (plan.Secrets[0].From.Kind, plan.Secrets[0].From.Text));
        Assert.Equal((SecretSourceKind.File, "/home/alice/key"), (plan.Secrets[1].From.Kind, plan.Secrets[1].From.Text));
        Assert.Equal(["pass", "show", "x", "x"], plan.Secrets[2].From.Command, StringComparer.Ordinal);
        Assert.Equal(["x-api-key"], plan.Secrets[0].Headers, StringComparer.Ordinal);
        Assert.Equal(["key"], plan.Secrets[0].BodyFields, StringComparer.Ordinal);
        Assert.Equal(["Authorization"], plan.Secrets[1].Headers, StringComparer.Ordinal);
    }

    /// <summary>Allow-list, hosts of a secret, and the ids of the rules it makes inspected; or the error.</summary>
    [Theory]
    [InlineData("[a.org]", "[a.org]", "egress.allow[0]")]
    [InlineData("['*.a.org']", "[x.a.org]", "egress.allow[0]")]
    [InlineData("[x.a.org, '*.a.org']", "[x.a.org]", "egress.allow[0]")]
    [InlineData("[x.a.org, '*.a.org']", "['*.a.org']", "egress.allow[0],egress.allow[1]")]
    [InlineData("[x.a.org, 'x.a.org:8443', '*.a.org']", "[x.a.org]", "egress.allow[0],egress.allow[1]")]
    [InlineData("[b.org, a.org]", "[a.org]", "egress.allow[1]")]
    [InlineData("['*.a.org']", "['*.b.a.org']", "egress.allow[0]")]
    [InlineData("[a.org]", "[b.org]", "secret-uncovered")]
    [InlineData("[a.org]", "['*.a.org']", "secret-uncovered")]
    [InlineData("['*.a.org']", "[a.org]", "secret-uncovered")]
    [InlineData("[x.a.org]", "['*.a.org']", "secret-uncovered")]
    [InlineData("['a.org:80']", "[a.org]", "secret-uncovered")]
    [InlineData("['a.org:22']", "[a.org]", "secret-uncovered")]
    [InlineData("[{host: a.org, protocol: tcp, ports: [443]}, a.org]", "[a.org]", "secret-uncovered")]
    [InlineData("[{host: a.org, ech: allow}]", "[a.org]", "rule-ech")]
    [InlineData("[]", "[a.org]", "secret-uncovered")]
    public void PlanEgress_Secret_MakesItsRulesInspectedOrIsRefused(string allow, string hosts, string outcome)
    {
        EgressPlanResult result = Policies.PlanEgress($"egress: {{allow: {allow}}}\nsecrets: {{K: {{from: {{command: [x]}}, hosts: {hosts}}}}}");
        Assert.Equal(outcome, result.Plan is { } plan
            ? string.Join(',', plan.Allow.Where(rule => rule.Inspect).Select(rule => rule.Id))
            : Assert.Single(result.Problems, problem => problem.Severity == ProblemSeverity.Error).Code);
    }

    [Theory]
    [InlineData("egress: {allow: [x.cloudfront.net]}", "egress-shared")]
    [InlineData("egress: {allow: ['*.bucket.s3.amazonaws.com']}", "egress-shared")]
    [InlineData("egress: {allow: [{host: a.org, protocol: tcp, ports: [5432]}]}", "egress-tcp")]
    [InlineData("egress: {allow: [{host: a.org, ports: [1024-65535]}]}", "egress-ports")]
    [InlineData("egress: {allow: ['*.a.org', x.a.org]}", "egress-shadowed")]
    [InlineData("egress: {allow: [a.org]}\nsecrets: {K: {from: {env: NONE}, hosts: [a.org]}}", "secret-unset")]
    [InlineData("egress: {allow: [a.org]}\nsecrets: {K: {from: {file: /none}, hosts: [a.org]}}", "secret-unset")]
    public void PlanEgress_WhatIsWorthASecondLook_IsWarnedOf(string text, string code)
    {
        EgressPlanResult result = Policies.PlanEgress(text);
        Assert.NotNull(result.Plan);
        PolicyProblem problem = Assert.Single(result.Problems);
        Assert.Equal((code, ProblemSeverity.Warning), (problem.Code, problem.Severity));
        Assert.NotEqual(0, problem.Line);
    }

    [Theory]
    [InlineData("egress: {allow: [{host: x.cloudfront.net, inspect: true}]}")]
    [InlineData("egress: {allow: [{host: x.amazonaws.com, paths: [/bucket/*]}]}")]
    [InlineData("egress: {allow: [pypi, npm, debian, crates, github]}")]
    [InlineData("egress: {allow: [a.org, '*.a.org', 'a.org:8443']}")]
    public void PlanEgress_WhatIsFine_IsNotWarnedOf(string text) => Assert.Empty(Policies.PlanEgress(text).Problems);

    [Fact]
    public void PlanEgress_MirrorOfThisHost_IsWarnedOfAndStaysAsItIs()
    {
        var host = new FakeHost { Texts = { ["/etc/pip.conf"] = "[global]\nindex-url = http://mirror.corp:8080/simple" } };
        EgressPlanResult result = SandboxPlanner.PlanEgress(Policies.Read("egress: {allow: [pypi]}"), Policies.Operator, host);
        EgressRule rule = Assert.Single(result.Plan!.Allow);
        Assert.Equal("egress.allow[0]/pypi/mirror.corp:8080 mirror.corp 8080 Http inspect", Show(rule));
        Assert.Equal(["preset-http", "preset-internal"], result.Problems.Select(problem => problem.Code), StringComparer.Ordinal);

        result = SandboxPlanner.PlanEgress(Policies.Read("egress: {allow: [{preset: pypi, internal: true}]}"), Policies.Operator, host);
        Assert.True(Assert.Single(result.Plan!.Allow).Internal);
        Assert.Equal("preset-http", Assert.Single(result.Problems).Code);
    }

    [Fact]
    public void PlanEgress_RequestOfTheOperator_AddsRulesAfterThePolicys()
    {
        Assert.True(EgressTarget.TryParse("b.org:8443", out EgressEntry? entry, out _));
        EgressPlan plan = Policies.PlanEgress("egress: {allow: [a.org]}", Policies.Operator with { Allow = [entry!], Deny = [entry!] }).Plan!;
        Assert.Equal(["egress.allow[0]", "request.allow[0]"], plan.Allow.Select(rule => rule.Id), StringComparer.Ordinal);
        Assert.Equal("request.deny[0]", Assert.Single(plan.Deny).Id);
    }

    [Fact]
    public void PlanEgress_RequestOfACaller_MayDenyAndNotAllow()
    {
        Assert.True(EgressTarget.TryParse("b.org", out EgressEntry? entry, out _));
        var caller = new PlanRequest { Authority = RequestAuthority.Caller };
        EgressPlanResult result = Policies.PlanEgress("egress: {allow: [a.org]}", caller with { Allow = [entry!] });
        Assert.Null(result.Plan);
        Assert.Equal(("request-widens", "request.allow"), (result.Problems[0].Code, result.Problems[0].Path));
        Assert.Equal("b.org", Assert.Single(Policies.PlanEgress("egress: {allow: [a.org]}", caller with { Deny = [entry!] }).Plan!.Deny).Host);
    }

    [Fact]
    public void PlanEgress_AuthorityThatIsNoFile_IsRefused()
    {
        EgressPlanResult result = Policies.PlanEgress("egress: {allow: [a.org], authorities: [/nowhere.pem, /srv]}");
        Assert.Equal(["authority-missing", "authority-missing"], result.Problems.Select(problem => problem.Code), StringComparer.Ordinal);
    }

    [Fact]
    public void PlanEgress_AnyEntries_GiveRulesWithDistinctIdsThatStayInsideTheirEntry()
    {
        var random = new Random(11);
        string[] items = ["a.org", "'*.a.org'", "'a.org:80'", "{host: a.org, ports: [20-90]}", "npm", "debian", "pypi", "{preset: apt, ports: [80, 443]}", "{host: b.org, id: b, ports: [22, 443]}", "'*.b.org:1-65535'"];
        for (int round = 0; round < 300; round++)
        {
            string[] chosen = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => items[random.Next(items.Length)])
                .Where((item, index) => !item.Contains("id:", StringComparison.Ordinal) || index == 0)];
            if (chosen.Length == 0) continue;
            EgressPlan plan = Plan($"egress: {{allow: [{string.Join(", ", chosen)}]}}");
            Assert.Equal(plan.Allow.Count, plan.Allow.Select(rule => rule.Id).Distinct(StringComparer.Ordinal).Count());
            Assert.All(plan.Allow, rule => Assert.NotEmpty(rule.Ports));
            Assert.All(plan.Allow, rule => Assert.True(rule.Protocol != EgressProtocol.Http || rule.Inspect));
            Assert.All(plan.Allow, rule => Assert.Equal(PortText.Merge(rule.Ports), rule.Ports));
        }
    }

    private static EgressPlan Plan(string text, IHostFacts? host = null)
    {
        EgressPlanResult result = SandboxPlanner.PlanEgress(Policies.Read(text), Policies.Operator, host ?? new TypicalHost());
        Assert.True(result.Plan is not null, string.Join('\n', result.Problems));
        return result.Plan;
    }

    private static string Show(EgressRule rule) =>
        $"{rule.Id} {rule.Host} {string.Join(',', rule.Ports.Select(PortText.Of))} {rule.Protocol}{(rule.Inspect ? " inspect" : "")}{(rule.Internal ? " internal" : "")}{(rule.AllowEch ? " ech" : "")}";

    /// <summary>The typical host, where every path below alice's data is a file.</summary>
    private sealed class TestHost : IHostFacts
    {
        private readonly TypicalHost _typical = new();

        public bool IsRoot => true;

        public long? HardOpenFilesLimit => null;

        public string? OwnHome => _typical.OwnHome;

        public IReadOnlyList<string> HomeDirectories => [];

        public IReadOnlyList<string> EngineSockets => [];

        public IReadOnlyList<string> StateDirectories => [];

        public HostPath ResolvePath(string path) => new(path, HostPathKind.File);

        public string? RealPath(string path) => path;

        public HostScan Scan(string directory, int maxEntries, int maxDepth) => new([], true);

        public string? ReadText(string path, int maxBytes) => null;
    }
}
