using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Sandboxes;

/// <summary>On a real terminal, made by script(1): `shell`, -t, colours and the filter.</summary>
public sealed class TerminalTests
{
    public TerminalTests()
    {
        Host.MustMakeSandboxes();
        Host.MustHaveScript();
    }

    [Fact]
    public async Task Shell_IsATerminal_AndPassesItsExitCode()
    {
        CliResult result = await OnTerminalAsync("shell", "tty; test -t 0 && test -t 1 && echo is-a-terminal\nstty size\nexit 9\n",
            columns: 100, rows: 30);
        Assert.True(result.ExitCode == 9, result.ToString());
        Assert.Contains("is-a-terminal\r\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("30 100\r\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("/dev/pts/0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_CtrlC_IsTheProgramsInside()
    {
        CliResult result = await OnTerminalAsync(
            "shell -- sh -c 'trap \"echo got-it; exit 3\" INT; echo ready; while :; do sleep 0.05; done'", "", waitFor: "ready",
            thenSend: "\u0003");
        Assert.True(result.ExitCode == 3 && result.Output.Contains("got-it", StringComparison.Ordinal), result.ToString());
    }

    [Fact]
    public async Task Terminal_ModeIsPutBack()
    {
        CliResult result = await OnTerminalAsync("run -t -- true; stty -a", "");
        Assert.Contains(" icanon", result.Output, StringComparison.Ordinal);
        Assert.Contains(" echo ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_ToATerminal_IsFiltered_AndRawTerminalLiftsIt()
    {
        const string hostile = "run -- printf 'a\\033]0;title\\007b\\033[6nc\\033[31md'";
        CliResult filtered = await OnTerminalAsync(hostile, "");
        Assert.Contains("abc\e[31md\e[0m", filtered.Output, StringComparison.Ordinal);
        CliResult raw = await OnTerminalAsync(hostile.Replace("run ", "run --raw-terminal ", StringComparison.Ordinal), "");
        Assert.Contains("a\e]0;title\ab\e[6nc\e[31md", raw.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnMessages_AreColouredOnATerminal_UnlessForbidden()
    {
        Assert.Contains("\e[1;31mvitrine:\e[0m ", (await OnTerminalAsync("run", "")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[1;31m", (await OnTerminalAsync("run", "", "NO_COLOR=1")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnATerminalWithoutI_HasNoInput()
    {
        CliResult result = await OnTerminalAsync("run -- cat", "typed\n");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(0, (await OnTerminalAsync("run -i -- head -n 1", "typed\n")).ExitCode);
    }

    private static Task<CliResult> OnTerminalAsync(string command, string input, string environment = "", int columns = 80, int rows = 24,
        string? waitFor = null, string? thenSend = null)
    {
        string line = $"stty cols {columns} rows {rows}; {environment} '{Process.Cli.Path}' {command}";
        return Scripted.RunAsync(line, input, waitFor, thenSend);
    }
}
