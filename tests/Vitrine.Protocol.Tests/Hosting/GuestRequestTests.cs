using System.Threading.Channels;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

/// <summary>Channels that the guest asks for, from a guest that keeps the rules and from one that does not.</summary>
public sealed class GuestRequestTests
{
    private const uint Address = 0xC6120105;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accept_Connect_CarriesBothWaysWithCreditAndEnds()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        await handler.ConnectAsync(2, credit: 5);
        GuestRequest request = await handler.NextAsync();
        Assert.Equal((ChannelKind.Connect, Address, 443), (request.Kind, request.Address, request.Port));
        await using GuestChannel channel = await request.AcceptAsync(Token);
        Frame opened = await handler.Guest.ReceiveAsync(FrameType.Opened);
        ChannelOpened answer = ChannelOpened.Read(opened.Payload);
        Assert.Equal((2, 0u, 65536u), (opened.Channel, answer.Pid, answer.InputCredit));

        Task writing = channel.Input.WriteAsync("hello, you"u8.ToArray(), Token).AsTask();
        Assert.Equal("hello"u8.ToArray(), (await handler.Guest.ReceiveAsync(FrameType.Data)).Payload);
        Assert.False(writing.IsCompleted);
        await handler.Guest.CreditAsync(2, 100);
        Assert.Equal(", you"u8.ToArray(), (await handler.Guest.ReceiveAsync(FrameType.Data)).Payload);
        await writing;
        await channel.Input.DisposeAsync();
        Assert.Equal(ChannelStream.Input, (await handler.Guest.ReceiveAsync(FrameType.Eof)).Header.Stream);

        await handler.Guest.DataAsync(2, "back"u8);
        await handler.Guest.EofAsync(2);
        byte[] back = new byte[5];
        Assert.Equal(4, await channel.Output.ReadAtLeastAsync(back, 5, throwOnEndOfStream: false, Token));
        await handler.Guest.ClosedAsync(2);
        await channel.Completed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.Equal(0, host.BufferUsed);
    }

    [Fact]
    public async Task Accept_Resolve_SendsTheAnswerWithinItsCredit()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        await handler.Guest.SendAsync(FrameType.Open, 4, static w => w.U8((byte)ChannelKind.Resolve).Blob("question"u8));
        GuestRequest request = await handler.NextAsync();
        Assert.Equal(ChannelKind.Resolve, request.Kind);
        Assert.Equal("question"u8, request.Query.Span);
        GuestChannel channel = await request.AcceptAsync(Token);
        await channel.Input.WriteAsync(new byte[WireLimits.MinStreamCredit], Token);
        await channel.Input.DisposeAsync();
        Assert.Equal(WireLimits.MinStreamCredit, (await handler.Guest.ReceiveAsync(FrameType.Data)).Payload.Length);
        await handler.Guest.ReceiveAsync(FrameType.Eof);
        await handler.Guest.ClosedAsync(4);
        await channel.Completed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.Equal(0, host.BufferUsed);
    }

    [Fact]
    public async Task Refuse_Later_TellsErrnoAndFreesTheId()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        for (int round = 0; round < 3; round++)
        {
            await handler.ConnectAsync(2);
            GuestRequest request = await handler.NextAsync();
            request.Refuse(13, "not allowed\nhere");
            request.Refuse(13, "a second time is nothing");
            Frame failed = await handler.Guest.ReceiveAsync(FrameType.OpenFailed);
            Assert.Equal(new ChannelOpenFailed(13, "not allowed\ufffdhere"), ChannelOpenFailed.Read(failed.Payload));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await request.AcceptAsync(Token));
        }

        Assert.Equal(0, host.BufferUsed);
    }

    [Fact]
    public async Task Open_NoHandler_IsRefusedWithEPerm()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        await guest.SendAsync(FrameType.Open, 2, Connect(65536));
        ChannelOpenFailed failed = ChannelOpenFailed.Read((await guest.ReceiveAsync(FrameType.OpenFailed)).Payload);
        Assert.Equal(1, failed.Errno);
        Assert.Contains("no way out", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_WhileTheAnswerWaits_FailsTheAcceptAndIsAnswered()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        await handler.ConnectAsync(2);
        GuestRequest request = await handler.NextAsync();
        await handler.Guest.SendAsync(FrameType.Reset, 2, new GoAway(GoAwayReason.Cancelled, "the program is gone").Write);
        await handler.PingAsync();
        await Assert.ThrowsAsync<GuestClosedException>(async () => await request.AcceptAsync(Token));
        Assert.Equal(2, (await handler.Guest.ReceiveAsync(FrameType.OpenFailed)).Channel);
        await handler.ConnectAsync(2);
        await (await handler.NextAsync()).AcceptAsync(Token);
        Assert.False(host.Closed.IsCompleted);
    }

    [Fact]
    public async Task Reset_CrossesTheRefusal_IsBorneOnce()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        await handler.ConnectAsync(2);
        (await handler.NextAsync()).Refuse(111, "no");
        await handler.Guest.SendAsync(FrameType.Reset, 2, new GoAway(GoAwayReason.Cancelled, "crossed").Write);
        await handler.PingAsync();
        await handler.Guest.SendAsync(FrameType.Reset, 2, new GoAway(GoAwayReason.Cancelled, "again").Write);
        await BreachAsync(host, "not open");
    }

    [Fact]
    public async Task Open_193AnswersWait_IsABreachAndEndsAllThatWait()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        for (int i = 1; i <= WireLimits.MaxGuestChannels; i++)
            await handler.ConnectAsync((ushort)(2 * i));
        await handler.PingAsync();
        Assert.False(host.Closed.IsCompleted);
        Assert.InRange(host.BufferUsed, WireLimits.MaxGuestChannels * WireLimits.MinStreamCredit, WireLimits.MaxSandboxBuffer);

        // The host's own are not kept out.
        await handler.Guest.StartAsync(host);
        await handler.ConnectAsync(1000);
        await BreachAsync(host, "more than 192");
        for (int i = 0; i < WireLimits.MaxGuestChannels; i++)
        {
            GuestRequest request = await handler.NextAsync();
            if (i % 2 == 0)
                await Assert.ThrowsAsync<GuestClosedException>(async () => await request.AcceptAsync(Token));
            else
                request.Refuse(1, "too late");
        }
    }

    [Fact]
    public async Task Open_HostsOwnFillTheTable_IsRefusedWithEAgain()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        for (int i = 0; i < WireLimits.MaxChannels; i++)
            await handler.Guest.StartAsync(host);
        await handler.ConnectAsync(2);
        Assert.Equal(11, ChannelOpenFailed.Read((await handler.Guest.ReceiveAsync(FrameType.OpenFailed)).Payload).Errno);
        Assert.False(host.Closed.IsCompleted);
    }

    [Theory]
    [InlineData("id-taken", "which it has open")]
    [InlineData("data-before-answer", "not open yet")]
    [InlineData("eof-before-answer", "not open yet")]
    [InlineData("credit-before-answer", "not open yet")]
    [InlineData("closed-before-answer", "not open yet")]
    [InlineData("reset-twice-before-answer", "reset twice")]
    [InlineData("answers-itself", "itself asked for")]
    [InlineData("refuses-itself", "itself asked for")]
    public async Task Open_BreachWhileTheAnswerWaits_ClosesTheWire(string what, string sentence)
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        await handler.ConnectAsync(2);
        GuestRequest request = await handler.NextAsync();
        await (what switch
        {
            "id-taken" => handler.ConnectAsync(2),
            "data-before-answer" => handler.Guest.DataAsync(2, "x"u8),
            "eof-before-answer" => handler.Guest.EofAsync(2),
            "credit-before-answer" => handler.Guest.CreditAsync(2, 1),
            "closed-before-answer" => handler.Guest.ClosedAsync(2),
            "answers-itself" => handler.Guest.OpenedAsync(2),
            "refuses-itself" => handler.Guest.SendAsync(FrameType.OpenFailed, 2, new ChannelOpenFailed(1, "no").Write),
            _ => ResetTwiceAsync(handler.Guest),
        });
        await BreachAsync(host, sentence);
        await Assert.ThrowsAsync<GuestClosedException>(async () => await request.AcceptAsync(Token));
        Assert.Equal(0, host.BufferUsed);
    }

    [Theory]
    [InlineData("beyond-credit", "bytes of credit")]
    [InlineData("exited", "no process")]
    [InlineData("error-stream", "after its end")]
    [InlineData("credit-beyond-limit", "credit on one stream")]
    public async Task Accepted_Breach_ClosesTheWire(string what, string sentence)
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        await handler.ConnectAsync(2, WireLimits.MaxStreamCredit);
        await (await handler.NextAsync()).AcceptAsync(Token);
        await (what switch
        {
            "beyond-credit" => handler.FillAsync(2, 65537),
            "exited" => handler.Guest.ExitedAsync(2),
            "error-stream" => handler.Guest.DataAsync(2, "x"u8, ChannelStream.Error),
            _ => handler.Guest.CreditAsync(2, 1),
        });
        await BreachAsync(host, sentence);
    }

    [Fact]
    public async Task Accept_GuestDoesNotRead_WaitsForRoomAndThenFails()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync(bufferBytes: 4096);
        var accepting = new List<Task<GuestChannel>>();
        for (int i = 1; i <= WireLimits.MaxGuestChannels; i++)
        {
            await handler.ConnectAsync((ushort)(2 * i));
            accepting.Add((await handler.NextAsync()).AcceptAsync(Token).AsTask());
        }

        await host.DisposeAsync();
        foreach (Task<GuestChannel> one in accepting)
            await one.WaitAsync(ScriptedGuest.Patience, Token).ContinueWith(static _ => { }, Token, TaskContinuationOptions.None, TaskScheduler.Default);
        Assert.Equal(0, host.BufferUsed);
    }

    [Fact]
    public async Task Dispose_Accepted_ResetsAndWaitsForClosed()
    {
        var handler = new Collector();
        await using GuestConnection host = await handler.ConnectAsync();
        await handler.ConnectAsync(2);
        GuestChannel channel = await (await handler.NextAsync()).AcceptAsync(Token);
        await channel.DisposeAsync();
        Assert.Equal(2, (await handler.Guest.ReceiveAsync(FrameType.Reset)).Channel);
        await handler.Guest.DataAsync(2, "on its way"u8);
        await handler.Guest.ClosedAsync(2);
        await channel.Completed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.Equal(0, host.BufferUsed);
    }

    private static Action<WireWriter> Connect(uint credit) =>
        w => new ConnectRequest(Address, 443, credit).Write(w.U8((byte)ChannelKind.Connect));

    private static async Task ResetTwiceAsync(ScriptedGuest guest)
    {
        await guest.SendAsync(FrameType.Reset, 2, new GoAway(GoAwayReason.Cancelled, "a").Write);
        await guest.SendAsync(FrameType.Reset, 2, new GoAway(GoAwayReason.Cancelled, "b").Write);
    }

    private static async Task BreachAsync(GuestConnection host, string sentence)
    {
        GoAway why = await host.Closed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.Equal(GoAwayReason.ProtocolViolation, why.Reason);
        Assert.Contains(sentence, why.Message, StringComparison.Ordinal);
    }

    /// <summary>Takes requests over and leaves them to the test.</summary>
    private sealed class Collector : IGuestRequestHandler
    {
        private readonly Channel<GuestRequest> _requests = Channel.CreateUnbounded<GuestRequest>();
        private ulong _pings;

        public ScriptedGuest Guest { get; private set; } = null!;

        public void Handle(GuestRequest request) => _requests.Writer.TryWrite(request);

        public async Task<GuestConnection> ConnectAsync(int? bufferBytes = null)
        {
            (GuestConnection host, Guest) = await ScriptedGuest.ConnectAsync(
                new GuestConnectionOptions { RequestHandler = this }, bufferBytes);
            return host;
        }

        public Task ConnectAsync(ushort id, uint credit = 65536) => Guest.SendAsync(FrameType.Open, id, Connect(credit));

        public Task<GuestRequest> NextAsync() => _requests.Reader.ReadAsync(Token).AsTask().WaitAsync(ScriptedGuest.Patience, Token);

        /// <summary>What was sent before is read once this is answered.</summary>
        public async Task PingAsync()
        {
            await Guest.SendAsync(FrameType.Ping, 0, new PingToken(++_pings).Write);
            await Guest.ReceiveAsync(FrameType.Pong);
        }

        public async Task FillAsync(ushort id, int bytes)
        {
            for (int left = bytes; left > 0; left -= WireLimits.MaxPayload)
                await Guest.DataAsync(id, new byte[Math.Min(left, WireLimits.MaxPayload)]);
        }
    }
}
