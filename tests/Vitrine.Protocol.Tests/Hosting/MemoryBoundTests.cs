using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

/// <summary>Measures memory, so it runs alone.</summary>
[Collection(MeasuringTests.Name)]
public sealed class MemoryBoundTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receive_AllCreditOf256ChannelsUsed_HoldsAtMostFourMebibytes()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long sent = 0;
        var channels = new List<GuestChannel>();
        for (int i = 0; i < WireLimits.MaxChannels; i++)
        {
            (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
            channels.Add(channel);
            sent += await FillAsync(guest, id, ChannelStream.Output, (int)request.OutputCredit);
            sent += await FillAsync(guest, id, ChannelStream.Error, (int)request.ErrorCredit);
        }

        await guest.SendAsync(FrameType.Ping, 0, new PingToken(1).Write);
        await guest.ReceiveAsync(FrameType.Pong);
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{sent} bytes sent, {host.BufferUsed} taken from the pool, {held} bytes of memory more");
        Assert.False(host.Closed.IsCompleted);
        Assert.InRange(host.BufferUsed, sent, WireLimits.MaxSandboxBuffer);
        Assert.InRange(held, 1, WireLimits.MaxSandboxBuffer + (1 << 20));

        // Pooled arrays may have been there before: so the rings are counted, too.
        Assert.InRange(channels.Sum(
            static c => ((InboundStream)c.Output).Capacity + ((InboundStream)c.Error).Capacity), sent, WireLimits.MaxSandboxBuffer);

        foreach (GuestChannel channel in channels)
            await channel.DisposeAsync();
        Assert.Equal(0, host.BufferUsed);
    }

    [Fact]
    public async Task Receive_GrownStreamsLeftUnread_HoldAtMostFourMebibytes()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        var credits = new Dictionary<(ushort, ChannelStream), long>();
        for (int i = 0; i < WireLimits.MaxChannels; i++)
        {
            (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
            credits[(id, ChannelStream.Output)] = request.OutputCredit;
            credits[(id, ChannelStream.Error)] = request.ErrorCredit;

            // Read a while, so that both windows grow as far as they may, then never again.
            (ChannelStream, Stream)[] streams = [(ChannelStream.Output, channel.Output), (ChannelStream.Error, channel.Error)];
            foreach ((ChannelStream which, Stream stream) in streams)
            {
                for (int round = 0; round < 12; round++)
                {
                    int count = (int)Math.Min(credits[(id, which)], WireLimits.MaxPayload);
                    await FillAsync(guest, id, which, count);
                    credits[(id, which)] -= count;
                    await stream.ReadExactlyAsync(new byte[count], Token);
                    while (credits[(id, which)] == 0)
                    {
                        Frame credit = await guest.ReceiveAsync(FrameType.Credit);
                        credits[(credit.Channel, credit.Header.Stream)] += StreamCredit.Read(credit.Payload).Bytes;
                    }
                }
            }

            Assert.InRange(host.BufferUsed, 1, WireLimits.MaxSandboxBuffer);
        }

        foreach (((ushort id, ChannelStream which), long credit) in credits)
        {
            for (long left = credit; left > 0; left -= Math.Min(left, WireLimits.MaxPayload))
                await FillAsync(guest, id, which, (int)Math.Min(left, WireLimits.MaxPayload));
        }

        Assert.InRange(host.BufferUsed, credits.Values.Sum(), WireLimits.MaxSandboxBuffer);
        Assert.False(host.Closed.IsCompleted);
    }

    [Fact]
    public async Task StartAsync_UnreadOutputOfEndedChannelsFillsTheBuffer_ThrowsENoBufs()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        var channels = new List<GuestChannel>();
        ChannelOpenException? full = null;
        while (full is null && channels.Count < 2000)
        {
            try
            {
                (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
                await FillAsync(guest, id, ChannelStream.Output, (int)request.OutputCredit);
                await guest.ClosedAsync(id);
                await channel.Completed.WaitAsync(ScriptedGuest.Patience, Token);
                channels.Add(channel);
            }
            catch (ChannelOpenException e)
            {
                full = e;
            }
        }

        Assert.Equal(105, full?.Errno);
        Assert.InRange(host.BufferUsed, 3 << 20, WireLimits.MaxSandboxBuffer);
        foreach (GuestChannel channel in channels)
            await channel.DisposeAsync();
        Assert.Equal(0, host.BufferUsed);
        await guest.StartAsync(host);
    }

    private static async Task<int> FillAsync(ScriptedGuest guest, ushort id, ChannelStream stream, int bytes)
    {
        for (int left = bytes; left > 0; left -= WireLimits.MaxPayload)
            await guest.DataAsync(id, new byte[Math.Min(left, WireLimits.MaxPayload)], stream);
        return bytes;
    }
}
