using Vitrine.Guest.Tests.Support;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Tests;

/// <summary>Signals reach the process, its group, or the whole tree, and nobody else.</summary>
public sealed class SignalTests
{
    /// <summary>Three processes that say when they get SIGUSR1: the first, one of its group, one in a session of its own.</summary>
    private const string Family =
        """
        import os,signal,sys,time
        def listen(name):
            signal.signal(signal.SIGUSR1, lambda *a: os.write(1, b'got '+name.encode()+b'\n'))
            print('up', name, flush=True)
            while True: signal.pause()
        if os.fork() == 0: listen('group')
        if os.fork() == 0:
            os.setsid(); listen('session')
        listen('first')
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SignalScope.Process, new[] { "first" })]
    [InlineData(SignalScope.Group, new[] { "first", "group" })]
    [InlineData(SignalScope.Tree, new[] { "first", "group", "session" })]
    public async Task Signal_Scope_ReachesExactlyThat(SignalScope scope, string[] expected)
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Python(Family), Token);
        await using GuestChannel bystander = await sandbox.Guest.StartAsync(Run.Request("cat") with { OpenInput = true }, Token);
        for (int i = 0; i < 3; i++)
            await channel.LineWithAsync("up");
        await channel.SignalAsync(10, scope, Token);
        var got = new List<string>();
        for (int i = 0; i < expected.Length; i++)
            got.Add((await channel.LineWithAsync("got"))[4..]);

        // A second round to the whole tree: had the first reached more, theirs would come before these.
        await channel.SignalAsync(10, SignalScope.Tree, Token);
        var all = new List<string>();
        for (int i = 0; i < 3; i++)
            all.Add((await channel.LineWithAsync("got"))[4..]);
        Assert.Equal(expected, got.Order(StringComparer.Ordinal).ToArray());
        Assert.Equal("first group session", string.Join(' ', all.Order(StringComparer.Ordinal)));
        await bystander.TypeAsync("alive\n");
        await bystander.LineWithAsync("alive");
    }

    [Fact]
    public async Task Signal_ToEndedCommand_IsNothing()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        await using GuestChannel channel = await sandbox.Guest.StartAsync(Run.Shell("sleep 1000 & exit 0") with { KillTreeOnExit = false }, Token);
        await channel.Exited;
        await channel.SignalAsync(15, SignalScope.Process, Token);
        await channel.SignalAsync(15, SignalScope.Group, Token); // its group is still there, and dies of it
        await channel.Completed.WaitAsync(Token);
    }

    [Fact]
    public async Task Command_SignalDispositions_AreDefaultAndNoneIsBlocked()
    {
        await using Sandbox sandbox = await Sandbox.StartAsync();
        Outcome outcome = await sandbox.Guest.ToEndAsync(Run.Request("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"));
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], outcome.Lines);
    }
}
