using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Completion;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash", "/bin/bash")]
    [InlineData("zsh", "/bin/zsh")]
    [InlineData("fish", "/usr/bin/fish")]
    public async Task Script_GivenToItsShell_HasNoSyntaxError(string shell, string program)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is not installed here: apt-get install {shell}");
        string file = Path.Combine(TestState.NewDirectory(), "script");
        await File.WriteAllBytesAsync(file, (await Process.Cli.RunAsync("completion", shell)).OutputBytes,
            TestContext.Current.CancellationToken);
        CliResult result = await Process.Cli.RunAsync(new CliRun("-n", file) { Program = program });
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Theory]
    [InlineData("vitrine ver", "version")]
    [InlineData("vitrine doctor --j", "--json")]
    [InlineData("vitrine completion fi", "fish")]
    public async Task BashScript_CompletesWhatIsTyped(string typed, string expected) =>
        Assert.Contains(expected, await CompleteAsync(typed), StringComparer.Ordinal);

    [Fact]
    public async Task BashScript_OffersEveryCommand()
    {
        string[] offered = await CompleteAsync("vitrine ");
        foreach (string name in Commands.CommandTree.Names)
            Assert.Contains(name, offered, StringComparer.Ordinal);
    }

    private static async Task<string[]> CompleteAsync(string typed)
    {
        string[] words = typed.Split(' ');
        string script = $"""
            compopt() {"{ :; }"}
            source <('{Process.Cli.Path}' completion bash)
            COMP_WORDS=({string.Join(' ', words.Select(static w => $"'{w}'"))}); COMP_CWORD={words.Length - 1}
            _vitrine; printf '%s\n' "{"${COMPREPLY[@]}"}"
            """;
        CliResult result = await Process.Cli.RunAsync(new CliRun("-c", script) { Program = "/bin/bash" });
        Assert.True(result.ExitCode == 0 && result.Error.Length == 0, result.ToString());
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
