using System.Text.RegularExpressions;

namespace Vitrine.Audit.Tests;

/// <summary>The shell recipe of docs/audit.md, taken from the page and run: a third party needs nothing of ours to verify a chain.</summary>
public sealed partial class DocumentedRecipeTests : IDisposable
{
    private readonly Trail trail = new();

    public void Dispose() => trail.Dispose();

    [Fact]
    public async Task Recipe_UntouchedChain_SaysIntact()
    {
        await trail.WriteAsync(20);
        Assert.Equal((0, "22 lines intact\n"), await RunAsync());
    }

    [Theory]
    [InlineData("edited")]
    [InlineData("removed")]
    [InlineData("swapped")]
    [InlineData("cut")]
    public async Task Recipe_TouchedChain_Fails(string deed)
    {
        await trail.WriteAsync(20);
        string[] lines = trail.Lines();
        switch (deed)
        {
            case "edited": lines[9] = lines[9].Replace("number", "nunber", StringComparison.Ordinal); break;
            case "removed": lines = [.. lines[..9], .. lines[10..]]; break;
            case "swapped": (lines[9], lines[10]) = (lines[10], lines[9]); break;
            default: lines = lines[..^1]; break;
        }

        trail.WriteLines(lines);
        (int code, string output) = await RunAsync();
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("intact", output, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output)> RunAsync()
    {
        Assert.SkipUnless((await Shell.RunAsync("sh", "-c", "command -v jq")).Code == 0, "jq is not installed: ./test installs it");
        string page = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "audit.md"), TestContext.Current.CancellationToken);
        Match recipe = Recipe().Match(page);
        Assert.True(recipe.Success, "docs/audit.md has no block that starts with #!/bin/sh");
        return await Shell.RunAsync("sh", "-c", recipe.Groups["script"].Value, "verify", trail.File, trail.Head);
    }

    private static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Vitrine.slnx")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("no Vitrine.slnx above the tests");
    }

    [GeneratedRegex("^```sh\n(?<script>#!/bin/sh\n.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Recipe();
}
