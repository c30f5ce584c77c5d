using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Vitrine.Architecture.Tests;

/// <summary>The documents say what is there.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Required =
    [
        "README.md", "SECURITY.md", "SPECIFICATION.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE",
        "docs/audit.md", "docs/egress.md", "docs/exit-codes.md", "docs/protocol.md", "docs/upgrade-uninstall.md", "docs/recipes/coding-agent.md",
    ];

    public static TheoryData<string> Documents => [.. Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))];

    [Fact]
    public void Documents_Promised_AreThere() => Assert.Empty(Required.Except(Repository.Files, StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_OfADocument_LeadSomewhere(string file)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, file))!;
        foreach (Match match in Link().Matches(WithoutCode(Repository.Read(file))))
        {
            string[] parts = match.Groups[1].Value.Split('#', 2);
            if (parts[0].Contains("://", StringComparison.Ordinal) || parts[0].StartsWith("mailto:", StringComparison.Ordinal))
                continue;
            string target = parts[0].Length == 0 ? Path.Combine(Repository.Root, file) : Path.GetFullPath(Path.Combine(folder, parts[0]));
            Assert.True(Path.Exists(target), $"{file} links to {match.Groups[1].Value}");
            if (parts.Length == 2 && target.EndsWith(".md", StringComparison.Ordinal))
                Assert.True(Anchors(File.ReadAllText(target)).Contains(parts[1]), $"{file} links to {match.Groups[1].Value}: no such heading");
        }
    }

    [Fact]
    public void ExitCodes_OfTheProgram_AreDocumented()
    {
        string document = Repository.Read("docs/exit-codes.md");
        MatchCollection codes = Constant().Matches(Repository.Read("src/Vitrine.Cli/ExitCodes.cs"));
        Assert.NotEmpty(codes);
        foreach (Match code in codes)
            Assert.True(document.Contains($"| {code.Groups[2].Value} |", StringComparison.Ordinal), $"docs/exit-codes.md does not have {code.Groups[1].Value} = {code.Groups[2].Value}");
    }

    [Fact]
    public void AuditEvents_OfTheProgram_AreDocumented()
    {
        string document = Repository.Read("docs/audit.md");
        foreach (string file in Repository.Files.Where(file => file.StartsWith("src/Vitrine.Audit/Events/", StringComparison.Ordinal)))
        {
            if (EventType().Match(Repository.Read(file)) is { Success: true } match)
                Assert.True(document.Contains($"`{match.Groups[1].Value}`", StringComparison.Ordinal), $"docs/audit.md does not have {match.Groups[1].Value}");
        }
    }

    [Fact]
    public void Specification_TestsItNames_Exist()
    {
        string tests = string.Concat(Repository.Sources.Where(file => file.StartsWith("tests/", StringComparison.Ordinal)).Select(Repository.Read));
        MatchCollection named = TestName().Matches(Repository.Read("SPECIFICATION.md"));
        Assert.NotEmpty(named);
        foreach (Match match in named)
        {
            Assert.True(tests.Contains($"class {match.Groups[1].Value}", StringComparison.Ordinal), $"SPECIFICATION.md names {match.Value}: no such class");
            Assert.True(tests.Contains($" {match.Groups[2].Value}(", StringComparison.Ordinal), $"SPECIFICATION.md names {match.Value}: no such test");
        }
    }

    [Fact]
    public void Files_NamedInCode_InReadmeAndSpecification_Exist()
    {
        foreach (string document in new[] { "README.md", "SPECIFICATION.md", "SECURITY.md", "CONTRIBUTING.md" })
        {
            foreach (Match match in RepositoryPath().Matches(Repository.Read(document)))
                Assert.True(Path.Exists(Path.Combine(Repository.Root, match.Groups[1].Value)), $"{document} names {match.Groups[1].Value}");
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/recipes/coding-agent.md")]
    [InlineData("docs/upgrade-uninstall.md")]
    [InlineData("docs/audit.md")]
    [InlineData("docs/egress.md")]
    public void Commands_OfADocument_Exist(string document)
    {
        string program = Path.Combine(Repository.Root, "artifacts", "bin", "Vitrine.Cli", "debug_linux-x64", "vitrine");
        Assert.True(File.Exists(program), $"{program} is not built: run dotnet build Vitrine.slnx first.");
        foreach (string command in CommandWords(Repository.Read(document)).Distinct(StringComparer.Ordinal))
        {
            var start = new ProcessStartInfo(program, [.. command.Split(' '), "--help"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{document} has `vitrine {command}`, but vitrine {command} --help says: {output}");
        }
    }

    /// <summary>The words between `vitrine` and the first option, argument or placeholder, in blocks of code.</summary>
    private static IEnumerable<string> CommandWords(string text)
    {
        foreach (Match block in CodeBlock().Matches(text))
        {
            foreach (Match command in Command().Matches(block.Groups[1].Value))
                yield return command.Groups[1].Value.Trim();
        }
    }

    private static HashSet<string> Anchors(string text) => Heading().Matches(WithoutCode(text))
        .Select(match => NotInAnchor().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-')).ToHashSet(StringComparer.Ordinal);

    private static string WithoutCode(string text) => AnyCodeBlock().Replace(text, "");

    [GeneratedRegex(@"(?<!\!)\[[^\]\n]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"public const int (\w+) = (\d+);")]
    private static partial Regex Constant();

    [GeneratedRegex(@"override string Type => ""([a-z.]+)""")]
    private static partial Regex EventType();

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"`((?:src|docs|tests|policies|bench|eng)/[\w./-]*[\w/])`")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex AnyCodeBlock();

    [GeneratedRegex(@"(?:^|\s|\()(?:\./)?vitrine ([a-z]+(?: (?:check|explain|compile|schema|show|verify|test))?)(?=\s|$)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^#+\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
