using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Ready;

/// <summary>The policies in policies/ with their own accept and deny tests.</summary>
public sealed class ReadyPolicyTests
{
    public static TheoryData<string> Files { get; } = [.. Directory.GetFiles(Path.Combine(Repository.Root, "policies"), "*.yaml")
        .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_ReadyPolicy_HasNoProblem(string file)
    {
        PolicyReadResult result = PolicyReader.Read(Repository.Read($"policies/{file}"), file);
        Assert.NotNull(result.Policy);
        Assert.Empty(result.Problems);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), result.Policy.Name);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Run_OwnTestsOfReadyPolicy_AllPass(string file)
    {
        PolicyDocument policy = Policies.Read(Repository.Read($"policies/{file}"));
        IReadOnlyList<PolicyTestOutcome> outcomes = PolicyTester.Run(policy, FixedClock.Noon);
        Assert.True(outcomes.All(outcome => outcome.Passed), string.Join('\n', outcomes.Where(outcome => !outcome.Passed)));
        Assert.True(policy.Tests.Accept.Count >= 3 && policy.Tests.Deny.Count >= 3, $"{file} has too few tests of its own");
    }

    [Fact]
    public void Files_Directory_HoldsThePromisedOnes() =>
        Assert.Equal(["build.yaml", "coding-agent.yaml", "debug.yaml", "default.yaml", "node.yaml", "python.yaml"],
            Files.Select(row => row.Data), StringComparer.Ordinal);

    [Fact]
    public void Default_AgainstEmptyText_IsTheSamePolicy() =>
        Assert.Empty(PolicyExplainer.Diff(Policies.Read(""), Policies.Read(Repository.Read("policies/default.yaml"))));

    [Fact]
    public void Debug_AsCheckedIn_HasExpired()
    {
        PlanResult result = Policies.Plan(Repository.Read("policies/debug.yaml"), clock: TimeProvider.System);
        Assert.Equal("debug-expired", Policies.SingleError(result).Code);
    }

    [Theory]
    [InlineData("accept: [{host: a.org}, {host: 'a.org:443'}, {host: 'a.org:443 DELETE /x'}, {host: b.org GET /v1/x}, {host: x.npmjs.org}, {host: 'c.org:22'}]", true)]
    [InlineData("deny: [{host: x.org}, {host: 'a.org:80'}, {host: b.org POST /v1/x}, {host: b.org GET /v2}, {host: d.a.org}, {host: 169.254.169.254}, {host: '[::1]:443'}, {host: metadata.google.internal}]", true)]
    [InlineData("accept: [{host: b.org GET /v2}, {host: 127.1}, {host: 'x y.org'}, {host: a.org GET}, {host: 'a.org:0'}, {host: '*.a.org'}]", false)]
    [InlineData("deny: [{host: a.org}, {host: 'x y.org'}, {host: a.org GET}, {host: 'a.org:0'}, {host: '*.a.org'}]", false)]
    public void Run_TestsOfHosts_AreJudgedAsTheGatewayDoes(string tests, bool pass)
    {
        PolicyDocument policy = Policies.Read(
            $"egress: {{allow: [a.org, {{host: b.org, methods: [GET], paths: [/v1/*]}}, npm, 'c.org:22', '*.a.org'], deny: [d.a.org]}}\ntests: {{{tests}}}");
        Assert.All(PolicyTester.Run(policy, FixedClock.Noon), outcome => Assert.True(outcome.Passed == pass, outcome.ToString()));
    }

    [Fact]
    public void Run_TestsThatAreWrong_FailAndSayWhy()
    {
        PolicyDocument policy =
            Policies.Read("tests: {accept: [{write: /usr/x}, {mount: '/:/h'}, {syscall: bpf}], deny: [{write: /tmp/x}, {mount: '/srv/a:/a'}, {syscall: nonesuch}]}");
        IReadOnlyList<PolicyTestOutcome> outcomes = PolicyTester.Run(policy, FixedClock.Noon);
        Assert.Equal(6, outcomes.Count);
        Assert.All(outcomes, outcome => Assert.False(outcome.Passed, outcome.ToString()));
        Assert.Contains("mount-system", outcomes[1].Detail, StringComparison.Ordinal);
    }
}
