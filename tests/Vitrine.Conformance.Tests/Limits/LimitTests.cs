using System.Diagnostics;
using System.Globalization;
using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Limits;

/// <summary>Programs that take more than they may end inside, with a reason that names the limit, and the sandbox's own life goes on (REQUIREMENTS B7).</summary>
public abstract class LimitTests<TEngine>(TEngine engine) : IClassFixture<TEngine>
    where TEngine : EngineFixture
{
    [Fact]
    public async Task FourHundredProcesses_WithAHundredAllowed_AreRefused()
    {
        await using Sandbox sandbox = await CreateAsync("limits: {pids: 100}");
        InsideResult result = await sandbox.PythonAsync(Bombs.FourHundredProcesses);
        Assert.StartsWith("refused after ", result.Output, StringComparison.Ordinal);
        Assert.InRange(int.Parse(result.Output.Split(' ')[2], CultureInfo.InvariantCulture), 50, 100);
        Assert.Contains(result.Outcome.LimitHits, h => h is { Limit: "pids", Count: > 0 });
        Assert.Equal("made 400\n", (await OnHostAsync(Bombs.FourHundredProcesses)).Output);
    }

    [Fact]
    public async Task ForkBomb_EndsWithReasonPids_AndASiblingLivesOn()
    {
        await using Sandbox sandbox = await CreateAsync("limits: {pids: 64}");
        await using SandboxCommand sibling = await sandbox.StartAsync(
            new CommandSpec { Arguments = ["/bin/sleep", "120"] }, TestContext.Current.CancellationToken);
        long began = Stopwatch.GetTimestamp();
        InsideResult bomb = await sandbox.PythonAsync(Bombs.Forks, TimeSpan.FromSeconds(30));
        Assert.Equal(EndReason.Pids, bomb.Outcome.Reason);
        Assert.Equal(123, bomb.Outcome.ExitCode);
        Assert.Contains("pids", bomb.Outcome.Explanation, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30), "the bomb was ended by its limit, not by its time-out");
        Assert.False(sibling.Completion.IsCompleted, $"the sibling died with the bomb: sandbox {sandbox.State}, {bomb}");

        // Nothing of the bomb is left: there is room for processes again.
        Assert.Equal("room\n", await sandbox.OutputOfAsync("/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 0.01 & done; wait; echo room"));
        await sibling.KillAsync(TestContext.Current.CancellationToken);
        Assert.Equal(EndReason.Cancelled, (await sibling.Completion).Reason);
    }

    [Fact]
    public async Task ForkBomb_ThatTimesOut_IsSweptWhileASiblingLivesOn()
    {
        // Under the number of refusals that make a bomb: it waits when refused.
        const string patient = """
            import os, time
            while True:
                try:
                    os.fork()
                except BlockingIOError:
                    time.sleep(0.5)
            """;
        await using Sandbox sandbox = await CreateAsync("limits: {pids: 48}");
        await using SandboxCommand sibling = await sandbox.StartAsync(
            new CommandSpec { Arguments = ["/bin/sleep", "120"] }, TestContext.Current.CancellationToken);
        InsideResult bomb = await sandbox.PythonAsync(patient, TimeSpan.FromSeconds(3));
        Assert.Equal(EndReason.Timeout, bomb.Outcome.Reason);
        Assert.InRange(bomb.Outcome.Duration, TimeSpan.FromSeconds(2.9), TimeSpan.FromSeconds(6));
        Assert.False(sibling.Completion.IsCompleted, $"the sibling died with the bomb: sandbox {sandbox.State}, {bomb}");
        Assert.True(await Eventually.TrueAsync(() => sandbox.ReadUsage().Pids < 12, TimeSpan.FromSeconds(5)), $"{sandbox.ReadUsage().Pids} processes are left");
    }

    [Fact]
    public async Task MemoryBomb_EndsWithReasonOom_AndTheSandboxAnswers()
    {
        await using Sandbox sandbox = await CreateAsync("limits: {memory: 128MiB}");
        InsideResult bomb = await sandbox.PythonAsync(Bombs.FourHundredMebibytes, TimeSpan.FromSeconds(60));
        Assert.Equal(EndReason.Oom, bomb.Outcome.Reason);
        Assert.Equal(123, bomb.Outcome.ExitCode);
        Assert.Contains("memory", bomb.Outcome.Explanation, StringComparison.Ordinal);
        Assert.Contains(bomb.Outcome.LimitHits, h => h is { Limit: "memory", Count: > 0 });
        Assert.Equal("alive\n", await sandbox.OutputOfAsync("/bin/echo", "alive"));
        Assert.Equal("took 400\n", (await OnHostAsync(Bombs.FourHundredMebibytes)).Output);
    }

    [Fact]
    public async Task MemoryBomb_OfManyProcesses_LeavesTheGuestAliveOrEndsTheSandboxWithAReason()
    {
        const string many = """
            import os, time
            for _ in range(30):
                if os.fork() == 0:
                    kept = bytearray(b"x") * (40 << 20)
                    time.sleep(20)
                    os._exit(0)
            while True:
                os.wait()
            """;
        await using Sandbox sandbox = await CreateAsync("limits: {memory: 128MiB}");
        InsideResult bomb = await sandbox.PythonAsync(many, TimeSpan.FromSeconds(8));
        Assert.True(bomb.Outcome.Reason is EndReason.Oom or EndReason.Timeout, bomb.ToString());
        Assert.Contains(bomb.Outcome.LimitHits, h => h.Limit == "memory");

        // Where memory is so short that the runner cannot kill in time, the sandbox goes as a whole (HARDENING 6).
        if (sandbox.State == SandboxState.Running)
            Assert.Equal("alive\n", await sandbox.OutputOfAsync("/bin/echo", "alive"));
        else
            Assert.True((await sandbox.Ended).Reason is EndReason.Oom or EndReason.Timeout, (await sandbox.Ended).Message);
    }

    [Theory]
    [InlineData("/tmp")]
    [InlineData("/workspace")]
    [InlineData("/dev/shm")]
    [InlineData("/home/user")]
    public async Task Filler_OfAMemoryFileSystem_StopsAtItsSize(string place)
    {
        string home = place == "/home/user" ? ", {path: /home/user, size: 32MiB}" : "";
        await using Sandbox sandbox = await CreateAsync($"{{workspace: {{size: 32MiB}}, tmpfs: [{{path: /tmp, size: 32MiB}}, {{path: /dev/shm, size: 32MiB}}{home}]}}");
        string output = await sandbox.OutputOfAsync("/usr/bin/python3", "-I", "-c", Bombs.FillsDirectory, place);
        Assert.Matches("^stopped after 3[012] ENOSPC\n$", output);
        using var space = new TestSpace();
        Assert.Equal("took 300\n", (await OnHostAsync(Bombs.FillsDirectory, space.Scratch)).Output);
    }

    [Fact]
    public async Task Filler_OfMoreThanTheMemory_EndsWithReasonOom()
    {
        await using Sandbox sandbox = await CreateAsync("{limits: {memory: 96MiB}, workspace: {size: 512MiB}}");
        InsideResult filler = await sandbox.RunAsync("/usr/bin/python3", "-I", "-c", Bombs.FillsDirectory, "/workspace");
        Assert.True(filler.Outcome.Reason == EndReason.Oom || filler.Output.StartsWith("stopped after", StringComparison.Ordinal), filler.ToString());
        Assert.Equal("alive\n", await sandbox.OutputOfAsync("/bin/echo", "alive"));
    }

    [Fact]
    public async Task Inodes_OfAMemoryFileSystem_AreBounded()
    {
        await using Sandbox sandbox = await CreateAsync("tmpfs: [{path: /tmp, size: 64MiB, inodes: 1000}]");
        string output = await sandbox.OutputOfAsync("/usr/bin/python3", "-I", "-c", Bombs.MakesFiles, "/tmp");
        Assert.Matches("^stopped after 9[0-9][0-9] ENOSPC\n$", output);
        using var space = new TestSpace();
        Assert.Equal("made 50000\n", (await OnHostAsync(Bombs.MakesFiles, space.Scratch)).Output);
    }

    [Fact]
    public async Task Descriptors_BeyondTheLimit_AreRefused()
    {
        await using Sandbox sandbox = await CreateAsync("limits: {open-files: 256}");
        Assert.Matches("^stopped at 25[0-9] EMFILE\n$", (await sandbox.PythonAsync(Bombs.HoardsDescriptors)).Output);
        Assert.Equal("holds 3000\n", (await OnHostAsync(Bombs.HoardsDescriptors)).Output);
    }

    [Fact]
    public async Task BusyLoop_EndsWithReasonTimeout_AndGetsNoMoreThanItsCpu()
    {
        await using Sandbox sandbox = await CreateAsync("limits: {cpus: 0.5}");
        TimeSpan before = sandbox.ReadUsage().Cpu;
        InsideResult loop = await sandbox.PythonAsync("while True: pass", TimeSpan.FromSeconds(4));
        TimeSpan used = sandbox.ReadUsage().Cpu - before;
        Assert.Equal(EndReason.Timeout, loop.Outcome.Reason);
        Assert.Equal(124, loop.Outcome.ExitCode);
        Assert.InRange(loop.Outcome.Duration, TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(6.5));
        Assert.InRange(used, TimeSpan.Zero, TimeSpan.FromSeconds((loop.Outcome.Duration.TotalSeconds * 0.5) + 0.4));
        Assert.True(used > TimeSpan.FromMilliseconds(200), $"it ran for {used} only: the limit was not what held it");
    }

    [Fact]
    public async Task SleepInfinity_EndsWithReasonTimeout()
    {
        await using Sandbox sandbox = await CreateAsync();
        InsideResult result = await sandbox.RunAsync(new CommandSpec { Arguments = ["/bin/sleep", "infinity"], Timeout = TimeSpan.FromMilliseconds(500) });
        Assert.Equal(EndReason.Timeout, result.Outcome.Reason);
        Assert.Equal(124, result.Outcome.ExitCode);
        Assert.InRange(result.Outcome.Duration, TimeSpan.FromMilliseconds(450), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task WallClock_OfTheSandbox_EndsItWithItsCommands()
    {
        await using Sandbox sandbox = await CreateAsync("limits: {wall-clock: 1s}");
        InsideResult result = await sandbox.RunAsync("/bin/sleep", "infinity");
        Assert.Equal(EndReason.Timeout, result.Outcome.Reason);
        SandboxEnd end = await sandbox.Ended;
        Assert.Equal(EndReason.Timeout, end.Reason);
        Assert.Contains("wall-clock", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_Sandbox_EndsWithReasonIdleTimeout()
    {
        await using Sandbox sandbox = await CreateAsync("limits: {idle: 1s}");
        SandboxEnd end = await sandbox.Ended.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(EndReason.IdleTimeout, end.Reason);
    }

    [Fact]
    public async Task EndlessOutput_EndsWithReasonOutputLimit()
    {
        await using Sandbox sandbox = await CreateAsync("limits: {output: 1MiB}");
        InsideResult result = await sandbox.RunAsync(new CommandSpec { Arguments = ["/usr/bin/yes"], Timeout = TimeSpan.FromSeconds(30) });
        Assert.Equal(EndReason.OutputLimit, result.Outcome.Reason);
        Assert.Equal(123, result.Outcome.ExitCode);
        Assert.Equal(1 << 20, result.Output.Length);
        Assert.Contains("output", result.Outcome.Explanation, StringComparison.Ordinal);
        Assert.Equal("alive\n", await sandbox.OutputOfAsync("/bin/echo", "alive"));
    }

    [Fact]
    public async Task CoreDump_OfACrash_IsNotWritten()
    {
        await using Sandbox sandbox = await CreateAsync();
        string output = await sandbox.OutputOfAsync("/bin/sh", "-c", "ulimit -c unlimited 2>/dev/null; ulimit -c; cd /workspace; sh -c 'kill -SEGV $$'; ls -A /workspace | wc -l");
        Assert.Equal("0", output.Split('\n')[^2]);
        Assert.NotEqual("unlimited", output.Split('\n')[0]);
    }

    private static Task<HostResult> OnHostAsync(string program, params string[] arguments) =>
        HostCommand.RunAsync(["/usr/bin/python3", "-I", "-c", program, .. arguments]);

    private async Task<Sandbox> CreateAsync(string policy = "") =>
        await (await engine.OpenAsync()).CreateAsync(Plans.Of(policy), TestContext.Current.CancellationToken);
}

public sealed class CrunLimitTests(CrunEngine engine) : LimitTests<CrunEngine>(engine);

public sealed class RuncLimitTests(RuncEngine engine) : LimitTests<RuncEngine>(engine);
