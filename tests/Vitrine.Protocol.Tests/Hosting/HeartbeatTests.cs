using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class HeartbeatTests
{
    private readonly FakeTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ping_Answered_StaysOpen()
    {
        (GuestConnection host, ScriptedGuest guest) = await ConnectAsync();
        await using GuestConnection _ = host;
        for (int i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Frame ping = await guest.ReceiveAsync(FrameType.Ping);
            await PongAsync(host, guest, ping);
        }

        Assert.False(host.Closed.IsCompleted);
    }

    [Fact]
    public async Task Ping_Unanswered_ClosesAfterAtMostTenSeconds()
    {
        (GuestConnection host, ScriptedGuest guest) = await ConnectAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        await guest.ReceiveAsync(FrameType.Ping);
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.False(host.Closed.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        GoAway why = await host.Closed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.Equal(GoAwayReason.ProtocolViolation, why.Reason);
        Assert.Contains("ping", why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ping_OnlyDataComes_ClosesAllTheSame()
    {
        (GuestConnection host, ScriptedGuest guest) = await ConnectAsync();
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        for (int i = 0; i < 13; i++)
        {
            await guest.DataAsync(id, "still here"u8);
            Assert.Equal(10, await channel.Output.ReadAtLeastAsync(new byte[10], 10, cancellationToken: Token));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(host.Closed.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(GoAwayReason.ProtocolViolation, (await host.Closed.WaitAsync(ScriptedGuest.Patience, Token)).Reason);
    }

    [Fact]
    public async Task Ping_HeaderNeverCompletes_Closes()
    {
        (GuestConnection host, ScriptedGuest guest) = await ConnectAsync();
        await guest.RawAsync(new byte[] { 1, 0, 0 });
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(GoAwayReason.ProtocolViolation, (await host.Closed.WaitAsync(ScriptedGuest.Patience, Token)).Reason);
    }

    [Fact]
    public async Task Suspend_UnansweredPing_HasNoDeadlineUntilResume()
    {
        (GuestConnection host, ScriptedGuest guest) = await ConnectAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        Frame ping = await guest.ReceiveAsync(FrameType.Ping);
        _time.Advance(TimeSpan.FromSeconds(5));
        host.Suspend();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(host.Closed.IsCompleted);
        host.Resume();
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.False(host.Closed.IsCompleted);
        await PongAsync(host, guest, ping);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(host.Closed.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(GoAwayReason.ProtocolViolation, (await host.Closed.WaitAsync(ScriptedGuest.Patience, Token)).Reason);
    }

    [Fact]
    public async Task Ping_HostItselfStoodStill_DoesNotBlameTheGuest()
    {
        (GuestConnection host, ScriptedGuest guest) = await ConnectAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        Frame ping = await guest.ReceiveAsync(FrameType.Ping);
        _time.Jump(TimeSpan.FromMinutes(10));
        Assert.False(host.Closed.IsCompleted);
        await PongAsync(host, guest, ping);
        await host.DisposeAsync();
        Assert.Equal(GoAwayReason.Done, (await host.Closed).Reason);
    }

    [Fact]
    public async Task PingAsync_Answered_TellsTheTime()
    {
        (GuestConnection host, ScriptedGuest guest) = await ConnectAsync();
        await using GuestConnection _ = host;
        Task<TimeSpan> pinging = host.PingAsync(Token);
        Frame ping = await guest.ReceiveAsync(FrameType.Ping);
        _time.Advance(TimeSpan.FromSeconds(2));
        await guest.SendAsync(FrameType.Pong, 0, ping.Payload);
        Assert.Equal(TimeSpan.FromSeconds(2), await pinging);
    }

    [Fact]
    public async Task Reset_ChannelNeverCloses_ClosesTheWireAfterTenSecondsNotFrozen()
    {
        (GuestConnection host, ScriptedGuest guest) = await ConnectAsync();
        (GuestChannel channel, ushort _, CommandRequest _) = await guest.StartAsync(host);
        await channel.DisposeAsync();
        await guest.ReceiveAsync(FrameType.Reset);
        host.Suspend();
        _time.Advance(TimeSpan.FromMinutes(1));
        host.Resume();
        for (int i = 0; i < 8; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await PongAsync(host, guest);
            Assert.False(host.Closed.IsCompleted);
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        GoAway why = await host.Closed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.Contains("close channel 1 in time", why.Message, StringComparison.Ordinal);
    }

    private Task<(GuestConnection Host, ScriptedGuest Guest)> ConnectAsync() =>
        ScriptedGuest.ConnectAsync(new GuestConnectionOptions { TimeProvider = _time });

    /// <summary>Answers, and waits until the host has taken the answer: it reads in order, so a ping of the guest's own tells.</summary>
    private static async Task PongAsync(GuestConnection host, ScriptedGuest guest, Frame? ping = null)
    {
        Assert.False(host.Closed.IsCompleted);
        if (ping is not null)
            await guest.SendAsync(FrameType.Pong, 0, ping.Payload);
        await guest.SendAsync(FrameType.Ping, 0, new PingToken(1).Write);
        while (await guest.ReceiveAsync() is var frame && frame.Type != FrameType.Pong)
        {
            if (frame.Type == FrameType.Ping)
                await guest.SendAsync(FrameType.Pong, 0, frame.Payload);
        }
    }
}
