using System.Diagnostics;
using System.Globalization;
using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Sandboxes;

/// <summary>
/// Ctrl-C, SIGTERM, a closed terminal, a reader that went away: the run ends, with the right code, and leaves nothing behind.
/// </summary>
public sealed class RunSignalTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public RunSignalTests() => Host.MustMakeSandboxes();

    [Fact]
    public async Task CtrlC_ReachesTheCommand_WhichMayHandleIt()
    {
        (int exitCode, string output, string error) =
            await SignalAsync("INT", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done");
        Assert.True(exitCode == 5 && output == "caught\n", $"{exitCode}\n{output}\n{error}");
    }

    [Fact]
    public async Task CtrlC_NotHandled_EndsTheCommandBySignal()
    {
        (int exitCode, _, string error) = await SignalAsync("INT", "echo ready; exec sleep 60");
        Assert.True(exitCode == 130, $"{exitCode}\n{error}");
    }

    [Fact]
    public async Task CtrlC_Ignored_EndsAfterTwoSeconds()
    {
        long start = Stopwatch.GetTimestamp();
        (int exitCode, _, string error) = await SignalAsync("INT", "trap '' INT; echo ready; while :; do sleep 0.05; done");
        Assert.True(exitCode == 130, $"{exitCode}\n{error}");
        Assert.True(Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(2));
        Assert.Contains("cancelled", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("QUIT", 131)]
    public async Task Signal_EndsTheRunAtOnce(string signal, int expected)
    {
        (int exitCode, _, string error) = await SignalAsync(signal, "trap '' TERM HUP QUIT; echo ready; while :; do sleep 0.05; done");
        Assert.True(exitCode == expected, $"{exitCode}\n{error}");
    }

    [Fact]
    public async Task ReaderGone_Exits141()
    {
        CliResult result = await Process.Cli.RunAsync(
            new CliRun("-c", $"'{Process.Cli.Path}' run -- yes | head -n 1; echo ${{PIPESTATUS[0]}}") { Program = "/bin/bash" });
        Assert.True(result.Output == "y\n141\n", result.ToString());
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Kill9_LeavesNothingBehind()
    {
        using System.Diagnostics.Process run = await StartAsync("echo ready; sleep 600");

        // The .NET runtime's own sockets and pipes carry the process's id and start time (proc_pid_stat(5), field 22).
        string pid = run.Id.ToString(CultureInfo.InvariantCulture);
        string started = (await File.ReadAllTextAsync($"/proc/{pid}/stat", TestContext.Current.CancellationToken)).Split(") ")[1]
            .Split(' ')[19];
        run.Kill();
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        await NothingIsLeftAsync();
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.GetTempPath()),
            f => f.Contains($"-{pid}-{started}-", StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output, string Error)> SignalAsync(string signal, string script)
    {
        using System.Diagnostics.Process run = await StartAsync(script);
        Task<string> error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = await Process.Cli.RunAsync(new CliRun("-" + signal, run.Id.ToString(CultureInfo.InvariantCulture)) { Program = "/bin/kill" });
        string output = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            .WaitAsync(s_patience, TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        return (run.ExitCode, output, await error);
    }

    private static async Task<System.Diagnostics.Process> StartAsync(string script)
    {
        System.Diagnostics.Process run = Process.Cli.Start(new CliRun("run", "--", "sh", "-c", script));
        string? first = await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.True(first == "ready", first ?? await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return run;
    }

    /// <summary>
    /// The keeper is given the five seconds it promises. Other tests of this process run sandboxes too, so only what does not go away
    /// counts.
    /// </summary>
    private static async Task NothingIsLeftAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (int i = 0; i < 100; i++)
        {
            if (Host.LeftCgroups().Count == 0 && Host.LeftProcesses().Count == 0)
                return;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Fail("left behind:\n" + string.Join('\n', Host.LeftCgroups().Concat(Host.LeftProcesses())));
    }
}
