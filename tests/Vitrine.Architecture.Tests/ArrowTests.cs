using System.Xml.Linq;

namespace Vitrine.Architecture.Tests;

/// <summary>The arrows between projects: what each may reference, itself or through another.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Vitrine.Linux"] = [],
        ["Vitrine.Protocol"] = [],
        ["Vitrine.Guest"] = ["Vitrine.Protocol", "Vitrine.Linux"],
        ["Vitrine.Policy"] = [],
        ["Vitrine.Audit"] = [],
        ["Vitrine.Egress"] = ["Vitrine.Policy", "Vitrine.Audit"],
        ["Vitrine.Runtimes"] = ["Vitrine.Policy", "Vitrine.Protocol", "Vitrine.Linux"],
        ["Vitrine.Engine"] = ["Vitrine.Policy", "Vitrine.Protocol", "Vitrine.Audit", "Vitrine.Egress", "Vitrine.Runtimes", "Vitrine.Linux"],
        ["Vitrine.Cli"] = ["Vitrine.Engine", "Vitrine.Egress", "Vitrine.Policy", "Vitrine.Protocol", "Vitrine.Audit", "Vitrine.Runtimes", "Vitrine.Linux"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Fact]
    public void Projects_EveryOne_HasItsArrowsDecided() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Repository.Folders("src").Order(StringComparer.Ordinal), StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_OfEveryProject_AreAllowed(string project)
    {
        IEnumerable<string> references = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"))
            .Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Assert.Empty(references.Except(Allowed[project], StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void AssemblyReferences_OfEveryProject_AreAllowed(string project)
    {
        using Built built = Built.Open(project);
        Assert.Empty(built.References.Where(name => name.StartsWith("Vitrine.", StringComparison.Ordinal)).Except(Allowed[project], StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Vitrine.Linux")]
    [InlineData("Vitrine.Protocol")]
    [InlineData("Vitrine.Guest")]
    public void PackageReferences_OfWhatRunsInside_AreNone(string project) =>
        Assert.Empty(XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj")).Descendants("PackageReference"));

    [Fact]
    public void AspNet_InWhatRunsASandbox_IsInTheGatewayAlone()
    {
        foreach (string project in Allowed.Keys)
        {
            using Built built = Built.Open(project);
            Assert.Equal(project == "Vitrine.Egress", built.References.Any(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Solution_EveryProject_IsInIt()
    {
        string solution = Repository.Read("Vitrine.slnx");
        foreach (string file in Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)))
            Assert.Contains($"\"{file}\"", solution, StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_EverySourceProject_HasItsOwn() =>
        Assert.Empty(Allowed.Keys.Select(project => project + ".Tests").Except(Repository.Folders("tests"), StringComparer.Ordinal));
}
