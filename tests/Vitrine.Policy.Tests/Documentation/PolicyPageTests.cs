using Vitrine.Policy.Keys;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Documentation;

/// <summary>docs/policy.md says what is: its tables are made from the keys, its examples are read.</summary>
public sealed class PolicyPageTests
{
    private const string Page = "docs/policy.md";

    /// <summary>Set VITRINE_UPDATE_DOCS=1 to write the tables anew.</summary>
    [Fact]
    public void Tables_AgainstTheKeys_AreTheSame()
    {
        string page = Repository.Read(Page);
        string fresh = page;
        foreach ((string name, SectionShape section) in KeyTable.Sections) fresh = Fill(fresh, name, KeyTable.Of(section));
        if (Environment.GetEnvironmentVariable("VITRINE_UPDATE_DOCS") is "1") File.WriteAllText(Path.Combine(Repository.Root, Page), fresh);
        Assert.True(string.Equals(page, fresh, StringComparison.Ordinal)
            || Environment.GetEnvironmentVariable("VITRINE_UPDATE_DOCS") is "1",
            $"{Page} is stale: run this test with VITRINE_UPDATE_DOCS=1");
    }

    [Theory]
    [InlineData(Page, 14)]
    [InlineData("docs/egress.md", 2)]
    public void Examples_OfThePage_AreReadAndPlannedAndPassTheirTests(string page, int atLeast)
    {
        string[] examples = [.. Repository.Read(page).Split("```yaml\n").Skip(1)
            .Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)])];
        Assert.True(examples.Length >= atLeast, $"only {examples.Length} examples found");
        foreach (string example in examples)
        {
            PolicyReadResult read = PolicyReader.Read(example, page);
            Assert.True(read.Policy is not null, $"{string.Join('\n', read.Problems)}\n{example}");
            PlanResult result = Policies.Plan(example);
            string[] errors = [.. result.Problems.Where(problem => problem.Severity == ProblemSeverity.Error)
                .Select(problem => problem.Code)];
            Assert.True(errors.Length == 0, $"{string.Join('\n', result.Problems)}\n{example}");
            Assert.All(PolicyTester.Run(read.Policy, FixedClock.Noon), outcome => Assert.True(outcome.Passed, outcome.ToString()));
        }
    }

    [Fact]
    public void Layers_OfThePage_AreAllOfThem() =>
        Assert.All(LayerNames.All, name => Assert.Contains($"`{name}`", Repository.Read(Page), StringComparison.Ordinal));

    [Fact]
    public void Sections_OfThePage_AreEveryKeyWithKeysOfItsOwn()
    {
        string[] headings = [.. Repository.Read(Page).Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal))
            .Select(line => line[3..])];
        foreach (Key key in PolicyKeys.Document.Keys.Where(key =>
            key.Name is not ("version" or "name" or "description"))) Assert.Contains(key.Name, headings, StringComparer.Ordinal);
    }

    private static string Fill(string page, string name, string table)
    {
        string opening = $"<!-- keys: {name} -->\n";
        int start = page.IndexOf(opening, StringComparison.Ordinal);
        Assert.True(start >= 0, $"{Page} has no place for the keys of {name}");
        start += opening.Length;
        int end = page.IndexOf("<!-- /keys -->", start, StringComparison.Ordinal);
        return page[..start] + table + page[end..];
    }
}
