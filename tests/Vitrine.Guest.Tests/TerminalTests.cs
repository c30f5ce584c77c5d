using Vitrine.Guest.Tests.Support;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>Commands on a terminal.</summary>
public sealed class TerminalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terminal_AtStart_HasSizeAndControlsTheSession()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.ToEndAsync(
            Run.Python("import os,sys; print(*os.get_terminal_size(), os.isatty(0), os.isatty(2), os.tcgetpgrp(0)==os.getpid()==os.getsid(0)); print(os.open('/dev/tty',2)>0, os.open(os.ttyname(0),2)>0, os.stat(os.ttyname(0)).st_uid)")
                with
            { Terminal = new TerminalSize(101, 37) });
        Assert.Equal(["101 37 True True True", "True True 1000"], outcome.Lines);
        Assert.Equal(0, outcome.Exit.Code);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public async Task Resize_Running_TellsTheCommand()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        const string script = "import os,signal\nsignal.signal(28, lambda *a: os.write(1, b'now %d %d\\n' % os.get_terminal_size()))\nprint('up', flush=True)\nwhile True: signal.pause()";
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Python(script) with { Terminal = new TerminalSize(80, 24) }, Token);
        await channel.LineWithAsync("up");
        await channel.ResizeAsync(new TerminalSize(132, 50), Token);
        Assert.Equal("now 132 50", await channel.LineWithAsync("now"));
    }

    [Fact]
    public async Task Input_ControlC_InterruptsTheForeground()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();

        // Not a shell: between two commands it keeps the signal for itself.
        const string script = "import signal; signal.signal(2, signal.SIG_DFL); print('up', flush=True); signal.pause()";
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Python(script) with { Terminal = new TerminalSize(80, 24) }, Token);
        await channel.LineWithAsync("up");
        await channel.TypeAsync("\x3");
        Assert.Equal(2, (await channel.Exited.WaitAsync(Token)).Signal);
    }

    [Fact]
    public async Task Signal_Group_ReachesTheForegroundJob()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(
            Run.Request("bash", "--norc", "-i") with { Terminal = new TerminalSize(80, 24), Environment = [.. Run.Path, "PS1=ready>"] }, Token);
        await channel.TypeAsync("python3 -c 'print(\"job\"+\"-up\",flush=True);import time;time.sleep(1000)'; echo status=$?\n");
        await channel.LineWithAsync("job-up");
        await channel.SignalAsync(15, SignalScope.Group, Token);
        Assert.Contains("status=143", await channel.LineWithAsync("status=1"), StringComparison.Ordinal);
        await channel.TypeAsync("exit 5\n");
        Assert.Equal(5, (await channel.Exited.WaitAsync(Token)).Code);
    }

    [Fact]
    public async Task InputEnd_Terminal_IsItsCharacter()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Shell("cat; echo over") with { Terminal = new TerminalSize(80, 24) }, Token);
        await channel.TypeAsync("line\n");
        await channel.Input.DisposeAsync();
        await channel.LineWithAsync("over");
        Assert.Equal(0, (await channel.Exited.WaitAsync(Token)).Code);
    }

    [Fact]
    public async Task Terminal_OfNoSize_IsRefused()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        ChannelOpenException error = await Assert.ThrowsAsync<ChannelOpenException>(
            () => sandbox.Guest.StartAsync(Run.Request("true") with { Terminal = new TerminalSize(0, 24) }, Token));
        Assert.Equal(Linux.Errno.EINVAL, error.Errno);
    }
}
