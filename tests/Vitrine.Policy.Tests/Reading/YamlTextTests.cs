using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Reading;

/// <summary>What a policy's text may be at all.</summary>
public sealed class YamlTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\uFEFFname: default")]
    [InlineData("%YAML 1.2\n---\nname: default\n...\n")]
    public void Read_TextThatSaysNothing_IsTheTightestPolicy(string text) =>
        Assert.Empty(PolicyExplainer.Diff(new PolicyDocument(), Policies.Read(text)));

    [Fact]
    public void Read_Json_IsAPolicy()
    {
        PolicyDocument policy =
            Policies.Read("""{"name": "j", "limits": {"memory": "2GiB", "pids": 64}, "mounts": [{"source": "/srv/a", "target": "/a", "exec": true}]}""");
        Assert.Equal(("j", 2L << 30, 64, true), (policy.Name, policy.Limits.MemoryBytes, policy.Limits.Pids, policy.Mounts[0].Exec));
    }

    [Theory]
    [InlineData("name: a\nname: b", "duplicate-key", 2)]
    [InlineData("{\"limits\": {\"pids\": 8, \"pids\": 9}}", "duplicate-key", 1)]
    [InlineData("name: &x a", "yaml-anchor", 1)]
    [InlineData("name: *x", "yaml-anchor", 1)]
    [InlineData("a: &a [x]\nb: [*a, *a]", "yaml-anchor", 1)]
    [InlineData("name: !!str a", "yaml-tag", 1)]
    [InlineData("name: !exec a", "yaml-tag", 1)]
    [InlineData("!!map {name: a}", "yaml-tag", 1)]
    [InlineData("? [a]\n: b", "yaml-key", 1)]
    [InlineData("name: a\n---\nname: b", "yaml-documents", 2)]
    [InlineData("name: 'a", "yaml-syntax", 1)]
    [InlineData("limits:\n\tmemory: 1GiB", "yaml-tab", 2)]
    [InlineData("limits:\n  memory: 1GiB\n \tpids: 8", "yaml-tab", 3)]
    [InlineData("a: b: c", "yaml-syntax", 1)]
    [InlineData("mounts: [", "yaml-syntax", 2)]
    [InlineData("name: \"\\uD800\"", "yaml-", 1)]
    public void Read_TextThatNoPolicyMayBe_IsRefusedAtItsPlace(string text, string code, int line)
    {
        PolicyProblem problem = Policies.Errors(text)[0];
        Assert.StartsWith(code, problem.Code, StringComparison.Ordinal);
        Assert.Equal(line, problem.Line);
        Assert.NotEmpty(problem.Hint);
    }

    [Fact]
    public void Read_NulCharacter_IsRefusedAtItsPlace()
    {
        PolicyProblem problem = Assert.Single(Policies.Errors("name: a\nimage: \0x"));
        Assert.Equal("yaml-syntax", problem.Code);
        Assert.Equal((2, 8), (problem.Line, problem.Column));
    }

    [Fact]
    public void Read_MoreThanOneMebi_IsRefusedUnread()
    {
        Assert.Equal("too-large", Assert.Single(Policies.Errors(new string('#', (1 << 20) + 1))).Code);
        Assert.NotNull(PolicyReader.Read(new string('#', 1 << 20), "big").Policy);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Read_DeepNesting_IsRefused(string opening)
    {
        IReadOnlyList<PolicyProblem> problems = Policies.Errors(string.Concat(Enumerable.Repeat(opening, 20_000)));
        Assert.Contains(problems[0].Code, (string[])["too-deep", "yaml-key", "yaml-syntax"], StringComparer.Ordinal);
    }

    [Fact]
    public void Read_VeryManyValues_IsRefused() =>
        Assert.Equal("too-many-nodes", Policies.Errors("mounts: [" + string.Concat(Enumerable.Repeat("a,", 100_000)) + "]")[0].Code);
}
