using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Limits;

/// <summary>Probe 52: what a program does to outlive its time-out. All of it is dead within 2 s, and the call returns.</summary>
public abstract class EscapeFromTimeoutTests<TEngine>(TEngine engine) : IClassFixture<TEngine>
    where TEngine : EngineFixture
{
    private const string Prelude = """
        import os, signal, sys, time
        MARK = "vitrine-survivor"
        def stay(): os.execv("/usr/bin/python3", ["python3", "-I", "-c", "import time; time.sleep(600)", MARK])
        def child(then):
            if os.fork() == 0:
                then()
        for number in range(1, 32):
            if number not in (9, 19, 17): signal.signal(number, signal.SIG_IGN)
        """;

    public static TheoryData<string, string> Escapes => new()
    {
        { "ignores every signal", "stay()" },
        { "setsid", "child(lambda: (os.setsid(), stay())); stay()" },
        { "double fork", "child(lambda: (os.setsid(), child(stay), os._exit(0))); os.wait(); stay()" },
        { "daemon that holds stdout, parent gone", "child(lambda: (os.setsid(), child(stay), os._exit(0))); os.wait(); sys.exit(0)" },
        { "stopped", "child(lambda: (os.kill(os.getpid(), signal.SIGSTOP), stay())); stay()" },
        { "own process groups", "[child(lambda: (os.setpgid(0, 0), stay())) for _ in range(20)]; stay()" },
        { "chain of forks", "\nfor _ in range(30):\n    if os.fork(): stay()\nstay()" },
        { "respawns while it is swept", "\nwhile True:\n    try:\n        if os.fork() == 0: os.setsid()\n        else: time.sleep(0.002); os._exit(0)\n    except OSError: pass" },
    };

    [Theory]
    [MemberData(nameof(Escapes))]
    public async Task Command_ThatEvadesItsTimeout_IsDeadWithTwoSeconds(string name, string escape)
    {
        Assert.NotEmpty(name);
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(Plans.Of(), TestContext.Current.CancellationToken);
        int before = sandbox.ReadUsage().Pids;
        InsideResult result = await sandbox.RunAsync(new CommandSpec
        {
            Arguments = ["/usr/bin/python3", "-I", "-c", Prelude + "\n" + escape],
            Timeout = TimeSpan.FromSeconds(1),
            KillTreeOnExit = true,
        });
        Assert.InRange(result.Outcome.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(3));

        // The exit is told when the first process is gone; the rest of the tree follows in the same sweep.
        const string survivors = "for i in $(seq 40); do cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -qx vitrine-survivor || { echo none; exit; }; sleep 0.05; done; echo some";
        Assert.Equal("none\n", await sandbox.OutputOfAsync("/bin/sh", "-c", survivors));
        Assert.True(
            await Eventually.TrueAsync(() => sandbox.ReadUsage().Pids <= before, TimeSpan.FromSeconds(2)),
            $"{before} processes before, {sandbox.ReadUsage().Pids} after");
    }

    [Fact]
    public async Task Control_WithoutKillTreeOnExit_ADaemonLivesOn()
    {
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(Plans.Of(), TestContext.Current.CancellationToken);
        InsideResult result = await sandbox.RunAsync(new CommandSpec
        {
            Arguments = ["/usr/bin/python3", "-I", "-c", Prelude + "\nchild(lambda: (os.setsid(), os.close(0), os.close(1), os.close(2), child(stay), os._exit(0))); os.wait(); sys.exit(0)"],
        });
        Assert.Equal(0, result.Outcome.ExitCode);
        string survivors = await sandbox.OutputOfAsync("/bin/sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -qx vitrine-survivor && echo alive");
        Assert.Equal("alive\n", survivors);
    }

    [Fact]
    public async Task KillMinusOne_AsTheUser_LeavesTheGuestAlive()
    {
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(Plans.Of("user: root"), TestContext.Current.CancellationToken);
        await using SandboxCommand sibling = await sandbox.StartAsync(
            new CommandSpec { Arguments = ["/bin/sleep", "120"] }, TestContext.Current.CancellationToken);
        await sandbox.RunAsync("/bin/sh", "-c", "kill -9 -1");

        // The control: it reached what it may reach.
        Assert.Equal(9, (await sibling.Completion).Signal);
        Assert.Equal("alive\n", await sandbox.OutputOfAsync("/bin/echo", "alive"));
    }
}

public sealed class CrunEscapeFromTimeoutTests(CrunEngine engine) : EscapeFromTimeoutTests<CrunEngine>(engine);

public sealed class RuncEscapeFromTimeoutTests(RuncEngine engine) : EscapeFromTimeoutTests<RuncEngine>(engine);
