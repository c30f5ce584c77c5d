using System.Diagnostics;
using Vitrine.Guest.Tests.Support;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>Whatever a command left behind, in whatever session, can be ended; and what ended is reaped.</summary>
public sealed class TreeTests
{
    private static readonly string Escapees =
        """
        import os,signal,sys,time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        def tag(name):
            with open('/proc/self/comm','w') as f: f.write(name)
        if os.fork() == 0:                      # another session
            os.setsid(); tag('escapee-s'); print('up', flush=True); time.sleep(1000); os._exit(0)
        if os.fork() == 0:                      # double fork: an orphan in another session
            os.setsid()
            if os.fork() == 0:
                tag('escapee-d'); print('up', flush=True); time.sleep(1000)
            os._exit(0)
        if os.fork() == 0:                      # ignores SIGTERM, has its streams elsewhere
            n = os.open('/dev/null', os.O_RDWR)
            tag('escapee-t'); print('up', flush=True)
            for i in 0,1,2: os.dup2(n, i)
            time.sleep(1000); os._exit(0)
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Timeout_SessionsOrphansAndIgnoredSignals_KillsThemAll()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        var request = Run.Python(Escapees + "\ntime.sleep(1000)") with { TimeoutMilliseconds = 700, KillTreeOnExit = false };
        await using GuestChannel channel = await sandbox.Guest.StartAsync(request, Token);
        for (int i = 0; i < 3; i++)
            await channel.LineWithAsync("up");
        Assert.Equal(3, (await EscapeesAsync(sandbox)).Length); // the control: they are there until then
        Outcome outcome = await channel.ToEndAsync();
        Assert.True(outcome.Exit.TimedOut);
        Assert.Equal(9, outcome.Exit.Signal);
        Assert.Empty(await EscapeesAsync(sandbox));
    }

    [Fact]
    public async Task KillTreeOnExit_True_LeavesNothing()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.PythonAsync(Escapees + "\nsys.stdin.read(); os._exit(7)");
        Assert.Equal(7, outcome.Exit.Code);
        Assert.False(outcome.Exit.TimedOut);
        Assert.Empty(await EscapeesAsync(sandbox));
    }

    [Fact]
    public async Task KillTreeOnExit_False_LeavesThemUntilTheTreeIsKilled()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Python(Escapees) with { KillTreeOnExit = false }, Token);
        for (int i = 0; i < 3; i++)
            await channel.LineWithAsync("up");
        Assert.Equal(0, (await channel.Exited).Code);
        Assert.Equal(3, (await EscapeesAsync(sandbox)).Length);
        Assert.False(channel.Completed.IsCompleted, "two of them still hold the output");
        await channel.SignalAsync(9, SignalScope.Tree, Token);
        await channel.Completed.WaitAsync(Token);
        Assert.Empty(await EscapeesAsync(sandbox));
    }

    [Fact]
    public async Task KillTreeOnExit_FalseAndStreamsClosed_ClosesTheChannelAndKeepsTheProcess()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.ToEndAsync(
            Run.Shell("(printf escapee-b >/proc/self/comm; exec sleep 1000) >/dev/null 2>&1 & exit 3") with { KillTreeOnExit = false });
        Assert.Equal(3, outcome.Exit.Code);
        Assert.Contains("sleep", (await sandbox.Guest.ShellAsync("cat /proc/[0-9]*/comm")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_RunningTree_KillsIt()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using (GuestChannel channel = await sandbox.Guest.StartAsync(Run.Python(Escapees + "\ntime.sleep(1000)"), Token))
        {
            for (int i = 0; i < 3; i++)
                await channel.LineWithAsync("up");
            await channel.DisposeAsync();
            await channel.Completed.WaitAsync(Token);
        }

        Assert.Empty(await EscapeesAsync(sandbox));
    }

    [Fact]
    public async Task Orphans_ThatEnd_AreReaped()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        const string script = """
            import os,time
            for i in range(40):
                if os.fork() == 0:
                    if os.fork() == 0:
                        os._exit(0)
                    os._exit(0)
                os.wait()
            def state(p):
                try: return open('/proc/'+p+'/stat').read().rpartition(')')[2].split()[0]
                except OSError: return 'gone'
            end = time.time() + 10
            while time.time() < end:
                z = [p for p in os.listdir('/proc') if p.isdigit() and state(p) == 'Z']
                if not z: break
            print('zombies', len(z))
            """;
        Assert.Equal("zombies 0\n", (await sandbox.Guest.PythonAsync(script)).Text);
    }

    [Theory]
    [InlineData(200)]
    public async Task Timeout_ForkBomb_EndsInTimeWhileASiblingLives(int pids)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(new SandboxOptions { Pids = pids });
        await using GuestChannel sibling = await sandbox.Guest.StartAsync(Run.Request("cat") with { OpenInput = true }, Token);
        const string bomb = """
            import os,signal
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            print('go', flush=True)
            while True:
                try:
                    if os.fork() == 0: os.setsid()
                except OSError: pass
            """;
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Python(bomb) with { TimeoutMilliseconds = 1500 }, Token);
        var clock = Stopwatch.StartNew();
        await channel.LineWithAsync("go");
        Outcome outcome = await channel.ToEndAsync();
        Assert.True(outcome.Exit.TimedOut);
        TestContext.Current.TestOutputHelper?.WriteLine($"the bomb's tree of up to {pids} was gone {clock.ElapsedMilliseconds - 1500} ms after its deadline");
        Assert.InRange(clock.ElapsedMilliseconds, 1000, 3500);
        await sibling.TypeAsync("alive\n");
        await sibling.LineWithAsync("alive");
        Assert.DoesNotContain("python3", (await sandbox.Guest.ShellAsync("cat /proc/[0-9]*/comm")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Start_NoProcessLeft_FailsWithReasonAndRecovers(byte prepared)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync(new SandboxOptions { Pids = 60 }, new GuestSetup { PreparedHelpers = prepared });
        const string filler = """
            import os,time
            told = False
            while True:
                try:
                    if os.fork() == 0: time.sleep(1000)
                except OSError:
                    if not told: print('full', flush=True)
                    told = True
                    time.sleep(.001)
            """;
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Python(filler), Token);
        await channel.LineWithAsync("full");

        // A helper that could not come up leaves its place for a moment: some commands may get through, but not for long.
        ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(async () =>
        {
            for (int i = 0; i < 1000; i++)
                await (await sandbox.Guest.StartAsync(Run.Request("true"), Token)).DisposeAsync();
        });
        Assert.Equal(Linux.Errno.EAGAIN, error.Errno);
        Assert.Contains("limit of processes", error.Message, StringComparison.Ordinal);
        await channel.SignalAsync(9, SignalScope.Tree, Token);
        await channel.Completed.WaitAsync(Token);
        Assert.Equal(0, (await sandbox.Guest.ToEndAsync(Run.Request("true"))).Exit.Code);
    }

    [Fact]
    public async Task Runner_KilledWhileItsCommandLives_EndsTheSandboxAsTampered()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Shell("echo up; sleep 1000"), Token);
        await channel.LineWithAsync("up");
        foreach (int pid in sandbox.HostPids("runner"))
        {
            using var runner = Linux.Processes.ProcessDescriptor.Open(pid);
            runner.Signal(9);
        }

        GoAway reason = await sandbox.Guest.Closed.WaitAsync(Token);
        Assert.Equal(GoAwayReason.Tampered, reason.Reason);
        Assert.Equal(70, await sandbox.EndedAsync());
    }

    private static async Task<string[]> EscapeesAsync(Sandbox sandbox)
    {
        Outcome outcome = await sandbox.Guest.ShellAsync("cat /proc/[0-9]*/comm 2>/dev/null");
        return [.. outcome.Lines.Where(l => l.StartsWith("escapee", StringComparison.Ordinal))];
    }
}
