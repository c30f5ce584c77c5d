using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class CloseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DisposeAsync_Open_SaysGoodbyeAndEndsTheWire()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        (GuestChannel channel, ushort _, CommandRequest _) = await guest.StartAsync(host);
        await host.DisposeAsync();
        await host.DisposeAsync();
        Assert.Equal(GoAwayReason.Done, GoAway.Read((await guest.ReceiveAsync(FrameType.GoAway)).Payload).Reason);
        Assert.Null(await guest.TryReceiveAsync());
        Assert.Equal(GoAwayReason.Done, (await host.Closed).Reason);
        Assert.Equal(GoAwayReason.Done, (await Assert.ThrowsAsync<GuestClosedException>(() => channel.Exited)).Reason);
        await Assert.ThrowsAsync<GuestClosedException>(() => channel.Completed);
        await Assert.ThrowsAsync<GuestClosedException>(() => channel.SignalAsync(9, SignalScope.Tree, Token));
        await Assert.ThrowsAsync<GuestClosedException>(() => host.PingAsync(Token));
    }

    [Fact]
    public async Task Receive_GuestDies_UnreadOutputIsReadableThenFails()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        await guest.DataAsync(id, "last words"u8);
        await guest.DisposeAsync();
        Assert.Equal(GoAwayReason.Lost, (await host.Closed).Reason);
        byte[] read = new byte[10];
        await channel.Output.ReadExactlyAsync(read, Token);
        Assert.Equal("last words"u8.ToArray(), read);
        await Assert.ThrowsAsync<GuestClosedException>(() => channel.Output.ReadExactlyAsync(read, Token).AsTask());
        await Assert.ThrowsAsync<GuestClosedException>(async () => await channel.Input.WriteAsync(read, Token));
    }

    [Theory]
    [InlineData((ushort)GoAwayReason.TreeUnkillable, GoAwayReason.TreeUnkillable)]
    [InlineData((ushort)GoAwayReason.Lost, GoAwayReason.InternalError)]
    [InlineData((ushort)999, GoAwayReason.InternalError)]
    public async Task Receive_GoAway_ClosesWithTheGuestsReason(ushort sent, GoAwayReason told)
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await guest.GoAwayAsync((GoAwayReason)sent, "\u0007" + new string('x', 30_000));
        GoAway why = await host.Closed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.Equal(told, why.Reason);
        Assert.StartsWith("the guest says: \ufffdxxx", why.Message, StringComparison.Ordinal);
        Assert.True(why.Message.Length < 600);
        Assert.Null(await guest.TryReceiveAsync());
    }

    [Fact]
    public async Task Receive_GuestReset_FailsTheChannelAlone()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        await guest.SendAsync(FrameType.Reset, id, new GoAway(GoAwayReason.Tampered, "its helper was stopped").Write);
        GuestClosedException e = await Assert.ThrowsAsync<GuestClosedException>(() => channel.Exited);
        Assert.Equal((GoAwayReason.Tampered, "its helper was stopped"), (e.Reason, e.Message));
        await Assert.ThrowsAsync<GuestClosedException>(() => channel.Output.ReadExactlyAsync(new byte[1], Token).AsTask());
        Assert.False(channel.Completed.IsCompleted);
        await guest.ClosedAsync(id);
        await channel.Completed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.False(host.Closed.IsCompleted);
    }

    [Fact]
    public async Task Receive_GuestOpens_IsRefusedWithEperm()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        Action<WireWriter>[] asks =
        [
            static w => new ConnectRequest(0xC6120101, 443, 65536).Write(w.U8((byte)ChannelKind.Connect)),
            static w => new ResolveRequest(new byte[] { 1, 2, 3 }).Write(w.U8((byte)ChannelKind.Resolve)),
        ];
        foreach (Action<WireWriter> ask in asks)
        {
            await guest.SendAsync(FrameType.Open, 2, ask);
            Frame refusal = await guest.ReceiveAsync(FrameType.OpenFailed);
            Assert.Equal(2, refusal.Channel);
            Assert.Equal(1, ChannelOpenFailed.Read(refusal.Payload).Errno);

            // The guest had given up in the same moment.
            await guest.SendAsync(FrameType.Reset, 2, new GoAway(GoAwayReason.Cancelled, "").Write);
        }

        Task<TimeSpan> pinging = host.PingAsync(Token);
        await guest.SendAsync(FrameType.Pong, 0, (await guest.ReceiveAsync(FrameType.Ping)).Payload);
        await pinging;
    }
}
