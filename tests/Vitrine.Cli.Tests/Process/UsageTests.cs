using System.Text.Json;

namespace Vitrine.Cli.Tests.Process;

public sealed class UsageTests
{
    [Theory]
    [InlineData("vitrine: vitrine knows no command verzion; did you mean version?", "verzion")]
    [InlineData("vitrine: vitrine knows no command frobnicate; `vitrine --help` lists what there is.", "frobnicate")]
    [InlineData("vitrine: vitrine version knows no option --jsn; did you mean --json?", "version", "--jsn")]
    [InlineData("vitrine: vitrine needs a command: ")]
    [InlineData("vitrine: vitrine completion needs SHELL (bash, zsh or fish)", "completion")]
    [InlineData("vitrine: There is no completion script for tcsh; name bash, zsh or fish.", "completion", "tcsh")]
    public async Task WrongUsage_IsOneSentenceWithAWayOut_AndExits125(string sentence, params string[] arguments)
    {
        CliResult result = await Cli.RunAsync(arguments);
        Assert.Equal(125, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith(sentence, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(static c => c == '\n'));
    }

    [Fact]
    public async Task WrongUsage_WithJson_IsAnEventToo()
    {
        CliResult result = await Cli.RunAsync("version", "--json", "--frob");
        Assert.Equal(125, result.ExitCode);
        using JsonDocument error = JsonDocument.Parse(result.Output);
        Assert.Equal("error", error.RootElement.GetProperty("type").GetString());
        Assert.Equal("usage", error.RootElement.GetProperty("code").GetString());
        Assert.Equal(125, error.RootElement.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task Help_OfEveryCommand_IsThereAndExits0()
    {
        CliResult root = await Cli.RunAsync("--help");
        Assert.Equal(0, root.ExitCode);
        Assert.Contains("Exit codes:", root.Output, StringComparison.Ordinal);
        foreach (string path in Commands.CommandTree.Names)
        {
            Assert.Contains("  " + path, root.Output, StringComparison.Ordinal);
            CliResult result = await Cli.RunAsync(path, "--help");
            Assert.True(result.ExitCode == 0 && result.Output.Contains("Usage:", StringComparison.Ordinal) && result.Error.Length == 0,
                $"{path}: {result}");
        }
    }

    [Fact]
    public async Task Version_Json_HasItsMembers()
    {
        CliResult result = await Cli.RunAsync("version", "--json");
        using JsonDocument version = JsonDocument.Parse(result.Output);
        Assert.Equal("version protocol oldestProtocol framework architecture",
            string.Join(' ', version.RootElement.EnumerateObject().Select(static p => p.Name)));
    }

    [Fact]
    public async Task Output_ReaderGone_Exits141WithoutAWord()
    {
        CliResult result =
            await Cli.RunAsync(new CliRun("-c", $"'{Cli.Path}' completion bash | true; echo ${{PIPESTATUS[0]}}") { Program = "/bin/bash" });

        // `true` may end before or after the script is written: a pipe holds 64 KiB, so write more than that to be sure.
        CliResult sure = await Cli.RunAsync(new CliRun(
            "-c", $"for i in 1 2 3 4 5 6 7 8 9; do '{Cli.Path}' completion bash; echo $? >&2; done | (exec 0<&-; sleep 0.01)")
        { Program = "/bin/bash" });
        Assert.True(result.Output is "0\n" or "141\n", result.ToString());
        Assert.Contains("141\n", sure.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("vitrine:", sure.Error, StringComparison.Ordinal);
    }
}
