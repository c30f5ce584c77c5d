using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class BackPressureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_NotRead_StopsThatStreamAlone()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel stuck, ushort stuckId, CommandRequest request) = await guest.StartAsync(host);
        await guest.DataAsync(stuckId, new byte[(int)Math.Min(request.OutputCredit, WireLimits.MaxPayload)]);
        await guest.DataAsync(stuckId, new byte[(int)(request.OutputCredit - Math.Min(request.OutputCredit, WireLimits.MaxPayload))]);

        (GuestChannel flowing, ushort id, CommandRequest second) = await guest.StartAsync(host);
        long sent = await FlowAsync(guest, flowing, id, second.OutputCredit, 8 << 20);
        Assert.Equal(8 << 20, sent);

        await stuck.SignalAsync(9, SignalScope.Tree, Token);
        Frame kill = await guest.ReceiveAsync(FrameType.Signal);
        Assert.Equal((stuckId, new CommandSignal(9, SignalScope.Tree)), (kill.Channel, CommandSignal.Read(kill.Payload)));
        Task<TimeSpan> pinging = host.PingAsync(Token);
        await guest.SendAsync(FrameType.Pong, 0, (await guest.ReceiveAsync(FrameType.Ping)).Payload);
        await pinging;
        await guest.ExitedAsync(stuckId, 137);
        Assert.Equal(137, (await stuck.Exited).Code);
        Assert.Equal((int)request.OutputCredit, await stuck.Output.ReadAtLeastAsync(
            new byte[request.OutputCredit], (int)request.OutputCredit, cancellationToken: Token));
    }

    [Fact]
    public async Task Signal_DataWaits_OvertakesIt()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync(bufferBytes: 4096);
        await using GuestConnection closing = host;
        GuestChannel[] channels = new GuestChannel[8];
        for (int i = 0; i < channels.Length; i++)
            channels[i] = (await guest.StartAsync(host, inputCredit: WireLimits.MaxStreamCredit)).Channel;
        foreach (GuestChannel channel in channels)
            _ = channel.Input.WriteAsync(new byte[WireLimits.MaxStreamCredit], Token).AsTask();
        await channels[^1].SignalAsync(15, SignalScope.Group, Token);

        int before = 0;
        while (await guest.ReceiveAsync() is var frame && frame.Type != FrameType.Signal)
            before += frame.Payload.Length;
        Assert.InRange(before, 1, 2 * 64 * 1024);
    }

    [Fact]
    public async Task Send_MoreControlFramesThanABatchWithDataBehind_FramesStayWhole()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync(bufferBytes: 4096);
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host, inputCredit: WireLimits.MaxStreamCredit);
        Task writing = channel.Input.WriteAsync(new byte[WireLimits.MaxStreamCredit], Token).AsTask();
        var large = new CommandRequest { Arguments = ["x", .. Enumerable.Repeat(new string('a', 30_000), 2)] };
        Task<GuestChannel>[] starting = [.. Enumerable.Range(0, 8).Select(_ => host.StartAsync(large, Token))];

        int bytes = 0, opens = 0;
        while (bytes < WireLimits.MaxStreamCredit || opens < starting.Length)
        {
            Frame frame = await guest.ReceiveAsync();
            if (frame.Type == FrameType.Data)
            {
                Assert.Equal(id, frame.Channel);
                Assert.All(frame.Payload, static b => Assert.Equal(0, b));
                bytes += frame.Payload.Length;
            }
            else
            {
                Assert.Equal(large.Arguments, ScriptedGuest.ReadCommand(frame).Arguments);
                await guest.OpenedAsync(frame.Channel);
                opens++;
            }
        }

        await writing;
        await Task.WhenAll(starting).WaitAsync(ScriptedGuest.Patience, Token);
    }

    [Fact]
    public async Task Reset_DataWaits_DropsIt()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync(bufferBytes: 4096);
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host, inputCredit: WireLimits.MaxStreamCredit);
        Task writing = channel.Input.WriteAsync(new byte[WireLimits.MaxStreamCredit * 2], Token).AsTask();
        await channel.DisposeAsync();
        await Assert.ThrowsAsync<GuestClosedException>(() => writing);
        Frame frame;
        do
        {
            frame = await guest.ReceiveAsync();
            Assert.True(frame.Type is FrameType.Data or FrameType.Reset, $"{frame.Type}");
        }
        while (frame.Type != FrameType.Reset);
        Assert.Equal(id, frame.Channel);
        await guest.SendAsync(FrameType.Ping, 0, new PingToken(1).Write);
        Assert.Equal(FrameType.Pong, (await guest.ReceiveAsync()).Type);
    }

    [Fact]
    public async Task Input_NoCredit_WaitsForIt()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host, inputCredit: 3);
        Task writing = channel.Input.WriteAsync("12345678"u8.ToArray(), Token).AsTask();
        await channel.Input.DisposeAsync();
        Assert.Equal("123"u8.ToArray(), (await guest.ReceiveAsync()).Payload);
        Assert.False(writing.IsCompleted);
        await guest.CreditAsync(id, 4);
        Assert.Equal("4567"u8.ToArray(), (await guest.ReceiveAsync()).Payload);
        await guest.CreditAsync(id, 100);
        Assert.Equal("8"u8.ToArray(), (await guest.ReceiveAsync()).Payload);
        await writing;
        Assert.Equal(FrameType.Eof, (await guest.ReceiveAsync()).Type);
    }

    [Fact]
    public async Task Input_WriteCancelled_TheStreamGoesOn()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host, inputCredit: 0);
        using var cancel = new CancellationTokenSource();
        Task writing = channel.Input.WriteAsync("never"u8.ToArray(), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Task second = channel.Input.WriteAsync("sent"u8.ToArray(), Token).AsTask();
        await guest.CreditAsync(id, 100);
        Assert.Equal("sent"u8.ToArray(), (await guest.ReceiveAsync()).Payload);
        await second;
    }

    [Fact]
    public async Task Input_NobodyReadsInside_FailsTheWriter()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host, inputCredit: 0);
        Task writing = channel.Input.WriteAsync("never"u8.ToArray(), Token).AsTask();
        await guest.EofAsync(id, ChannelStream.Input);
        Assert.Contains("EPIPE", (await Assert.ThrowsAsync<GuestClosedException>(() => writing)).Message, StringComparison.Ordinal);
        await guest.ExitedAsync(id);
        await channel.Exited;
    }

    [Fact]
    public async Task Output_Read_WindowGrowsToTheMost()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
        long unused = request.ErrorCredit;
        while (unused < WireLimits.MaxStreamCredit)
        {
            for (; unused > 0; unused -= Math.Min(unused, 32768))
            {
                byte[] chunk = new byte[Math.Min(unused, 32768)];
                await guest.DataAsync(id, chunk, ChannelStream.Error);
                await channel.Error.ReadExactlyAsync(chunk, Token);
            }

            // All was read, so the whole window comes back, and as much again while it grows.
            long window = 0;
            while (window < Math.Min(2 * request.ErrorCredit, WireLimits.MaxStreamCredit))
                window += StreamCredit.Read((await guest.ReceiveAsync(FrameType.Credit)).Payload).Bytes;
            unused = window;
            request = request with { ErrorCredit = (uint)window };
        }

        Assert.Equal(WireLimits.MaxStreamCredit, unused);
        Assert.False(host.Closed.IsCompleted);
    }

    [Fact]
    public async Task Eof_LittleUnread_HoldsLittle()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
        await guest.DataAsync(id, new byte[30_000]);
        await guest.SendAsync(FrameType.Ping, 0, new PingToken(1).Write);
        await guest.ReceiveAsync(FrameType.Pong);
        await channel.Output.ReadExactlyAsync(new byte[29_999], Token);
        await guest.EofAsync(id);
        await guest.SendAsync(FrameType.Ping, 0, new PingToken(2).Write);
        await guest.ReceiveAsync(FrameType.Pong);
        Assert.InRange(host.BufferUsed - (int)request.ErrorCredit, 1, 1024);
        Assert.Equal(1, await channel.Output.ReadAsync(new byte[2], Token));
        Assert.Equal(0, await channel.Output.ReadAsync(new byte[2], Token));
        Assert.Equal((int)request.ErrorCredit, host.BufferUsed);
    }

    [Fact]
    public async Task Output_Disposed_GoesOnAsIfToNowhere()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
        await channel.Output.DisposeAsync();
        long credit = request.OutputCredit;
        for (long left = 1 << 20; left > 0;)
        {
            int count = (int)Math.Min(credit, Math.Min(left, WireLimits.MaxPayload));
            await guest.DataAsync(id, new byte[count]);
            left -= count;
            credit -= count;
            if (credit == 0)
                credit += StreamCredit.Read((await guest.ReceiveAsync(FrameType.Credit)).Payload).Bytes;
        }

        await guest.ExitedAsync(id);
        Assert.Equal(0, (await channel.Exited).Code);
    }

    [Fact]
    public async Task Output_ReadCancelled_LosesNoByte()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        for (int i = 0; i < 50; i++)
        {
            using var cancel = new CancellationTokenSource();
            Task<int> reading = channel.Output.ReadAsync(new byte[1], cancel.Token).AsTask();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        }

        await guest.DataAsync(id, "all of it"u8);
        byte[] read = new byte[9];
        await channel.Output.ReadExactlyAsync(read, Token);
        Assert.Equal("all of it"u8.ToArray(), read);
    }

    [Fact]
    public async Task Dispose_GuestStillSends_BearsItWithinTheCredit()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
        await channel.DisposeAsync();
        Assert.Equal(0, host.BufferUsed);
        await guest.DataAsync(id, new byte[(int)request.ErrorCredit], ChannelStream.Error);
        await guest.EofAsync(id);
        await guest.ExitedAsync(id);
        Assert.False(host.Closed.IsCompleted);
        await guest.DataAsync(id, new byte[1], ChannelStream.Error);
        Assert.Contains("bytes of credit", (await host.Closed.WaitAsync(ScriptedGuest.Patience, Token)).Message, StringComparison.Ordinal);
    }

    /// <summary>Sends as a guest that keeps to its credit while the host reads; checks that the credit never passes the limit.</summary>
    private static async Task<long> FlowAsync(ScriptedGuest guest, GuestChannel channel, ushort id, long credit, long total)
    {
        Task<long> reading = CountAsync(channel.Output);
        byte[] chunk = new byte[WireLimits.MaxPayload];
        long most = credit;
        for (long left = total; left > 0;)
        {
            int count = (int)Math.Min(credit, Math.Min(left, chunk.Length));
            if (count > 0)
                await guest.DataAsync(id, chunk.AsSpan(0, count));
            left -= count;
            credit -= count;
            while (credit == 0 && left > 0)
            {
                Frame frame = await guest.ReceiveAsync(FrameType.Credit);
                Assert.Equal(id, frame.Channel);
                credit += StreamCredit.Read(frame.Payload).Bytes;
                Assert.InRange(credit, 1, WireLimits.MaxStreamCredit);
                most = Math.Max(most, credit);
            }
        }

        await guest.EofAsync(id);
        return await reading;
    }

    private static async Task<long> CountAsync(Stream stream)
    {
        byte[] buffer = new byte[32768];
        long total = 0;
        while (await stream.ReadAsync(buffer, Token) is var count and > 0)
            total += count;
        return total;
    }
}
