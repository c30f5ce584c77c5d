using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class OpenChannelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 2)]
    [InlineData(0, 5)]
    [InlineData(-1, 5)]
    [InlineData(4096, 5)]
    public async Task StartAsync_OpenFailed_ThrowsErrnoAndSentence(int sent, int told)
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        Task<GuestChannel> starting = host.StartAsync(ScriptedGuest.Command, Token);
        Frame open = await guest.ReceiveAsync(FrameType.Open);
        await guest.SendAsync(
            FrameType.OpenFailed, open.Channel, new ChannelOpenFailed(sent, "execve(/nope): \u001b[31mno such file").Write);
        ChannelOpenException e = await Assert.ThrowsAsync<ChannelOpenException>(() => starting);
        Assert.Equal((told, "execve(/nope): \ufffd[31mno such file"), (e.Errno, e.Message));
        Assert.Equal(0, host.BufferUsed);
    }

    [Fact]
    public async Task StartAsync_RequestLargerThanAFrame_ThrowsE2Big()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        string[][] tooLarge = [[new string('x', 40_000)], [.. Enumerable.Repeat("0123456789abcdef", 4000)], [.. Enumerable.Repeat("", 5000)]];
        foreach (string[] arguments in tooLarge)
        {
            ChannelOpenException e = await Assert.ThrowsAsync<ChannelOpenException>(
                () => host.StartAsync(new CommandRequest { Arguments = arguments }, Token));
            Assert.Equal(7, e.Errno);
        }

        ChannelOpenException surrogate = await Assert.ThrowsAsync<ChannelOpenException>(
            () => host.StartAsync(new CommandRequest { Arguments = ["\ud800"] }, Token));
        Assert.Equal(22, surrogate.Errno);
        Assert.Equal(0, host.BufferUsed);
        await guest.StartAsync(host);
    }

    [Fact]
    public async Task StartAsync_Cancelled_ResetsAndBearsTheLateAnswer()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<GuestChannel> starting = host.StartAsync(ScriptedGuest.Command, cancel.Token);
        Frame open = await guest.ReceiveAsync(FrameType.Open);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        Assert.Equal(open.Channel, (await guest.ReceiveAsync(FrameType.Reset)).Channel);
        await guest.OpenedAsync(open.Channel);
        await guest.DataAsync(open.Channel, "too late"u8);
        await guest.ExitedAsync(open.Channel);
        await guest.ClosedAsync(open.Channel);
        await guest.StartAsync(host);
        Assert.False(host.Closed.IsCompleted);
    }

    [Fact]
    public async Task StartAsync_CancelledAndRefused_FreesTheId()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task<GuestChannel> starting = host.StartAsync(ScriptedGuest.Command, cancel.Token);
        Frame open = await guest.ReceiveAsync(FrameType.Open);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        await guest.SendAsync(FrameType.OpenFailed, open.Channel, new ChannelOpenFailed(2, "no").Write);
        await guest.StartAsync(host);
        await guest.ClosedAsync(open.Channel);
        Assert.Equal(GoAwayReason.ProtocolViolation, (await host.Closed.WaitAsync(ScriptedGuest.Patience, Token)).Reason);
    }

    [Fact]
    public async Task StartAsync_257Th_ThrowsUntilOneCloses()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        var open = new List<(GuestChannel Channel, ushort Id)>();
        for (int i = 0; i < WireLimits.MaxChannels; i++)
        {
            (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
            Assert.InRange(request.OutputCredit, (uint)WireLimits.MinStreamCredit, 65536u);
            open.Add((channel, id));
        }

        Assert.Equal(WireLimits.MaxChannels, open.Select(static c => c.Id).Distinct().Count());
        Assert.All(open, static c => Assert.Equal(1, c.Id & 1));
        Assert.Equal(11, (await Assert.ThrowsAsync<ChannelOpenException>(() => host.StartAsync(ScriptedGuest.Command, Token))).Errno);

        // Given up is not closed: the id is the guest's until it says so.
        await open[0].Channel.DisposeAsync();
        Assert.Equal(11, (await Assert.ThrowsAsync<ChannelOpenException>(() => host.StartAsync(ScriptedGuest.Command, Token))).Errno);
        await guest.ClosedAsync(open[0].Id);
        await open[0].Channel.Completed.WaitAsync(ScriptedGuest.Patience, Token);
        await guest.StartAsync(host);
    }

    [Fact]
    public async Task Input_StartedWithoutInput_FailsTheWriter()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort _, CommandRequest _) = await guest.StartAsync(host, new CommandRequest { Arguments = ["true"] });
        GuestClosedException e = await Assert.ThrowsAsync<GuestClosedException>(
            async () => await channel.Input.WriteAsync(new byte[1], Token));
        Assert.Equal("this was started without input", e.Message);
        await channel.Input.DisposeAsync();
        await host.DisposeAsync();
        Assert.Equal(FrameType.GoAway, (await guest.ReceiveAsync()).Type);
    }

    [Fact]
    public async Task DialAsync_Opened_HasTheMinimumOfCreditThenMore()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        Task<GuestChannel> dialing = host.DialAsync(8080, Token);
        Frame open = await guest.ReceiveAsync(FrameType.Open);
        Assert.Equal([(byte)ChannelKind.Dial, 0x90, 0x1F], open.Payload);
        await guest.OpenedAsync(open.Channel, pid: 0);
        await using GuestChannel channel = await dialing;
        Frame credit = await guest.ReceiveAsync(FrameType.Credit);
        Assert.Equal(65536u - WireLimits.MinStreamCredit, StreamCredit.Read(credit.Payload).Bytes);
        Assert.Equal(ChannelStream.Output, credit.Header.Stream);
        await guest.DataAsync(open.Channel, new byte[32768]);
        await guest.DataAsync(open.Channel, new byte[32768]);
        await guest.ClosedAsync(open.Channel);
        await channel.Completed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.Equal(65536, await channel.Output.ReadAtLeastAsync(new byte[65537], 65537, throwOnEndOfStream: false, Token));
        await Assert.ThrowsAsync<GuestClosedException>(() => channel.Exited);
    }

    [Fact]
    public async Task DialAsync_ErrorOrExit_IsABreach()
    {
        foreach (FrameType type in new[] { FrameType.Data, FrameType.Exited })
        {
            (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
            Task<GuestChannel> dialing = host.DialAsync(80, Token);
            Frame open = await guest.ReceiveAsync(FrameType.Open);
            await guest.OpenedAsync(open.Channel, pid: 0);
            await dialing;
            await (type == FrameType.Data ? guest.DataAsync(open.Channel, "x"u8, ChannelStream.Error) : guest.ExitedAsync(open.Channel));
            Assert.Equal(GoAwayReason.ProtocolViolation, (await host.Closed.WaitAsync(ScriptedGuest.Patience, Token)).Reason);
        }
    }

    [Fact]
    public async Task FileAsync_Opened_CarriesTheRequest()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        Task<GuestChannel> opening = host.FileAsync(
            new FileRequest { Operation = FileOperation.Read, Path = "/etc/hostname", Offset = 3 }, Token);
        Frame open = await guest.ReceiveAsync(FrameType.Open);
        var reader = new WireReader(open.Payload);
        Assert.Equal((byte)ChannelKind.File, reader.U8());
        FileRequest request = FileRequest.Read(ref reader);
        Assert.Equal((FileOperation.Read, "/etc/hostname", 3ul), (request.Operation, request.Path, request.Offset));
        Assert.Equal(65536u, request.OutputCredit);
        await guest.OpenedAsync(open.Channel);
        await guest.DataAsync(open.Channel, "box\n"u8);
        await guest.ExitedAsync(open.Channel);
        await guest.ClosedAsync(open.Channel);
        await using GuestChannel channel = await opening;
        Assert.Equal("box\n", await GuestChannelTests.ReadTextAsync(channel.Output));
    }

    [Fact]
    public void Open_AfterAllIdsWereUsed_WrapsAroundThoseInUse()
    {
        var table = new ChannelTable(new WireSender(Stream.Null, static _ => { }, Token), 4096);
        GuestChannel kept = table.Open(ChannelKind.Dial, takesInput: true);
        for (int i = 0; i < 70_000; i++)
        {
            GuestChannel channel = table.Open(ChannelKind.Dial, takesInput: true);
            Assert.Equal(1, channel.Id & 1);
            Assert.NotEqual(kept.Id, channel.Id);
            table.Forget(channel);
        }
    }
}
