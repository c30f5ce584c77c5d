using System.Diagnostics;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Protocol.Tests.Scripted;

namespace Vitrine.Protocol.Tests.Hosting;

/// <summary>
/// Each breach on its own: the wire closes within a second with its sentence, everything that waits ends, a neighbour does not notice.
/// </summary>
public sealed class HostileGuestTests
{
    private static readonly Dictionary<string, Breach> Breaches = new(StringComparer.Ordinal)
    {
        ["data-beyond-credit"] = new("bytes of credit", static (g, id) => g.DataAsync(id, new byte[4097], ChannelStream.Error)),
        ["data-beyond-credit-in-pieces"] = new("bytes of credit", async static (g, id) =>
        {
            for (int i = 0; i < 5; i++)
                await g.DataAsync(id, new byte[1024], ChannelStream.Error);
        }),
        ["data-announced-beyond-credit"] = new("bytes of credit", static (g, id) => g.RawAsync(Header(65000, FrameType.Data, 2, id))),
        ["data-after-eof"] = new("after its end", async static (g, id) =>
        {
            await g.EofAsync(id);
            await g.DataAsync(id, "x"u8);
        }),
        ["data-on-input"] = new("stream Input", static (g, id) => g.DataAsync(id, "x"u8, ChannelStream.Input)),
        ["data-of-no-bytes"] = new("no bytes", static (g, id) => g.DataAsync(id, default)),
        ["data-on-unknown-channel"] = new("not open", static (g, _) => g.DataAsync(4711, "x"u8)),
        ["data-on-guest-channel"] = new("not open", static (g, _) => g.DataAsync(2, "x"u8)),
        ["data-after-closed"] = new("not open", async static (g, id) =>
        {
            await g.ClosedAsync(id);
            await g.DataAsync(id, "x"u8);
        }),
        ["eof-twice"] = new("ends twice", async static (g, id) =>
        {
            await g.EofAsync(id);
            await g.EofAsync(id);
        }),
        ["eof-with-payload"] = new("left over", static (g, id) => g.SendAsync(FrameType.Eof, id, "x"u8, ChannelStream.Output)),
        ["opened-twice"] = new("opens twice", static (g, id) => g.OpenedAsync(id)),
        ["opened-unknown"] = new("not open", static (g, _) => g.OpenedAsync(99)),
        ["open-failed-after-opened"] = new(
            "after it was open", static (g, id) => g.SendAsync(FrameType.OpenFailed, id, new ChannelOpenFailed(2, "no").Write)),
        ["exited-twice"] = new("exits twice", async static (g, id) =>
        {
            await g.ExitedAsync(id);
            await g.ExitedAsync(id);
        }),
        ["exited-impossible-signal"] = new(
            "signal 65", static (g, id) => g.SendAsync(FrameType.Exited, id, new CommandExit { Signal = 65 }.Write)),
        ["closed-twice"] = new("not open", async static (g, id) =>
        {
            await g.ClosedAsync(id);
            await g.ClosedAsync(id);
        }),
        ["reset-twice"] = new("reset twice", async static (g, id) =>
        {
            await g.SendAsync(FrameType.Reset, id, new GoAway(GoAwayReason.InternalError, "a").Write);
            await g.SendAsync(FrameType.Reset, id, new GoAway(GoAwayReason.InternalError, "b").Write);
        }),
        ["reset-unknown"] = new("not open", static (g, _) => g.SendAsync(FrameType.Reset, 2, new GoAway(GoAwayReason.Done, "").Write)),
        ["credit-beyond-limit"] = new("credit on one stream", async static (g, id) =>
        {
            for (int i = 0; i < 16; i++)
                await g.CreditAsync(id, WireLimits.MaxStreamCredit);
        }),
        ["credit-of-nothing"] = new("a credit of 0", static (g, id) => g.CreditAsync(id, 0)),
        ["credit-overflow"] = new("a credit of 4294967295", static (g, id) => g.CreditAsync(id, uint.MaxValue)),
        ["credit-for-output"] = new("credit for stream Output", static (g, id) => g.CreditAsync(id, 1, ChannelStream.Output)),
        ["frame-too-long"] = new("over the limit", static (g, id) => g.RawAsync(Header(WireLimits.MaxPayload + 1, FrameType.Data, 1, id))),
        ["frame-of-4-gib"] = new("over the limit", static (g, id) => g.RawAsync(Header(-1, FrameType.Data, 1, id))),
        ["unknown-type"] = new("unknown", static (g, id) => g.RawAsync(Header(0, (FrameType)0x1B, 0, id))),
        ["unknown-stream"] = new("unknown", static (g, id) => g.RawAsync(Header(1, FrameType.Data, 3, id))),
        ["stream-where-none-belongs"] = new("names stream", static (g, id) => g.RawAsync(Header(0, FrameType.Closed, 1, id))),
        ["channel-where-none-belongs"] = new("on channel", static (g, id) => g.RawAsync(Header(8, FrameType.Ping, 0, id))),
        ["no-channel-where-one-belongs"] = new("on channel 0", static (g, _) => g.RawAsync(Header(0, FrameType.Closed, 0, 0))),
        ["garbage"] = new("", static (g, _) => g.RawAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray())),
        ["hello"] = new("does not send Hello", static (g, _) => g.SendAsync(FrameType.Hello, 0, new GuestSetup().Write)),
        ["ready-again"] = new("does not send Ready", static (g, _) => g.ReadyAsync()),
        ["signal"] = new(
            "does not send Signal", static (g, id) => g.SendAsync(FrameType.Signal, id, new CommandSignal(9, SignalScope.Tree).Write)),
        ["resize"] = new("does not send Resize", static (g, id) => g.SendAsync(FrameType.Resize, id, new TerminalSize(80, 24).Write)),
        ["pong-to-no-ping"] = new("no ping", static (g, _) => g.SendAsync(FrameType.Pong, 0, new PingToken(4711).Write)),
        ["ping-too-short"] = new("too early", static (g, _) => g.SendAsync(FrameType.Ping, 0, "1234"u8)),
        ["ping-too-long"] = new("left over", static (g, _) => g.SendAsync(FrameType.Ping, 0, "123456789"u8)),
        ["open-with-host-id"] = new("id of the host's", static (g, _) => g.SendAsync(FrameType.Open, 3, [16])),
        ["open-a-command"] = new("kind 1", static (g, _) => g.SendAsync(FrameType.Open, 2, [1])),
        ["open-without-kind"] = new("too early", static (g, _) => g.SendAsync(FrameType.Open, 2)),
        ["open-connect-cut"] = new("too early", static (g, _) => g.SendAsync(FrameType.Open, 2, [16, 1, 2, 3])),
        ["open-connect-longer"] = new("left over", static (g, _) => g.SendAsync(FrameType.Open, 2, Connect(0).Append((byte)0).ToArray())),
        ["open-connect-credit"] = new("input credit", static (g, _) => g.SendAsync(FrameType.Open, 2, Connect(WireLimits.MaxStreamCredit + 1))),
        ["open-resolve-too-long"] = new("a question of 4097", static (g, _) => g.SendAsync(
            FrameType.Open, 2, static w => w.U8((byte)ChannelKind.Resolve).Blob(new byte[WireLimits.MaxQuery + 1]))),
        ["open-resolve-longer-than-frame"] = new("too early", static (g, _) => g.SendAsync(FrameType.Open, 2, [17, 255, 0, 0, 0, 1])),
        ["text-not-utf8"] = new("UTF-8", static (g, id) => g.SendAsync(FrameType.Reset, id, [0, 0, 2, 0, 0, 0, 0xC3, 0x28])),
        ["text-longer-than-frame"] = new("too early", static (g, id) => g.SendAsync(FrameType.Reset, id, [0, 0, 200, 0, 0, 0, 65])),
        ["asks-without-reading"] = new("without reading", async static (g, _) =>
        {
            byte[] ping = new byte[16 * 4096];
            for (int i = 0; i < 4096; i++)
                Header(8, FrameType.Ping, 0, 0).CopyTo(ping.AsMemory(i * 16));
            for (int i = 0; i < 64; i++)
                await g.RawAsync(ping);
        }),
        ["opens-without-reading"] = new("without reading", async static (g, _) =>
        {
            byte[] opens = [.. Enumerable.Range(1, 4096)
                .SelectMany(static i => (byte[])[.. Header(11, FrameType.Open, 0, (ushort)(2 * i)), .. Connect(0)])];

            for (int i = 0; i < 64; i++)
                await g.RawAsync(opens);
        }),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> BreachNames => [.. Breaches.Keys];

    [Theory]
    [MemberData(nameof(BreachNames))]
    public async Task Receive_Breach_ClosesWithReasonAndEndsAllThatWaits(string breach)
    {
        (string sentence, Func<ScriptedGuest, ushort, Task> act) = Breaches[breach];
        (GuestConnection neighbour, ScriptedGuest innocent) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = neighbour;
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        Task<int> reading = channel.Error.ReadAsync(new byte[1], Token).AsTask();
        Task<GuestChannel> starting = host.StartAsync(ScriptedGuest.Command, Token);
        Task<TimeSpan> pinging = host.PingAsync(Token);
        Task writing = channel.Input.WriteAsync(new byte[1 << 20], Token).AsTask();

        long start = Stopwatch.GetTimestamp();
        try
        {
            await act(guest, id);
        }
        catch (IOException)
        {
            // Closed on it in the middle of its breach.
        }

        GoAway why = await host.Closed.WaitAsync(ScriptedGuest.Patience, Token);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1), $"took {Stopwatch.GetElapsedTime(start)}");
        Assert.Equal(GoAwayReason.ProtocolViolation, why.Reason);
        Assert.Contains(sentence, why.Message, StringComparison.Ordinal);
        foreach (Task waiting in new Task[] { starting, pinging, writing })
            await Assert.ThrowsAsync<GuestClosedException>(() => waiting.WaitAsync(ScriptedGuest.Patience, Token));
        await EndsAsync(reading);
        if (!channel.Exited.IsCompletedSuccessfully)
            await Assert.ThrowsAsync<GuestClosedException>(() => channel.Exited);
        await Assert.ThrowsAsync<GuestClosedException>(() => host.StartAsync(ScriptedGuest.Command, Token));
        Assert.Equal(0, host.BufferUsed - Unread(channel));
        await ServesAsync(neighbour, innocent);
    }

    [Fact]
    public async Task Receive_NoBreach_StaysOpen()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync();
        await using GuestConnection _ = host;
        (GuestChannel channel, ushort id, CommandRequest request) = await guest.StartAsync(host);
        await guest.DataAsync(id, new byte[request.ErrorCredit], ChannelStream.Error);
        await guest.DataAsync(id, new byte[1], ChannelStream.Output);
        await guest.EofAsync(id);
        await guest.CreditAsync(id, WireLimits.MaxStreamCredit - 65536);
        await guest.ExitedAsync(id);
        await guest.SendAsync(FrameType.Ping, 0, new PingToken(4711).Write);
        Assert.Equal(4711ul, PingToken.Read((await guest.ReceiveAsync(FrameType.Pong)).Payload).Value);
        Assert.False(host.Closed.IsCompleted);
        Assert.Equal(0, (await channel.Exited).Code);
        await ServesAsync(host, guest);
    }

    [Fact]
    public async Task Receive_GuestNeverReadsItsGoodbye_ClosesWithinASecond()
    {
        (GuestConnection host, ScriptedGuest guest) = await ScriptedGuest.ConnectAsync(bufferBytes: 4096);
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host, inputCredit: WireLimits.MaxStreamCredit);
        Task writing = channel.Input.WriteAsync(new byte[1 << 20], Token).AsTask();
        long start = Stopwatch.GetTimestamp();
        await guest.OpenedAsync(id);
        Assert.Equal(GoAwayReason.ProtocolViolation, (await host.Closed.WaitAsync(ScriptedGuest.Patience, Token)).Reason);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1), $"took {Stopwatch.GetElapsedTime(start)}");
        await Assert.ThrowsAsync<GuestClosedException>(() => writing);
    }

    private static int Unread(GuestChannel channel) =>
        new[] { channel.Output, channel.Error }.Cast<InboundStream>().Sum(static s => s.Held);

    private static async Task EndsAsync(Task<int> reading)
    {
        try
        {
            // What came before the breach may be read.
            await reading.WaitAsync(ScriptedGuest.Patience, Token);
        }
        catch (GuestClosedException)
        {
        }
    }

    private static async Task ServesAsync(GuestConnection host, ScriptedGuest guest)
    {
        (GuestChannel channel, ushort id, CommandRequest _) = await guest.StartAsync(host);
        await guest.ExitedAsync(id, 42);
        Assert.Equal(42, (await channel.Exited.WaitAsync(ScriptedGuest.Patience, Token)).Code);
    }

    private static byte[] Connect(uint credit)
    {
        var writer = new WireWriter();
        new ConnectRequest(0xC6120101, 443, credit).Write(writer.U8((byte)ChannelKind.Connect));
        return writer.Written.ToArray();
    }

    private static byte[] Header(int length, FrameType type, byte stream, ushort channel)
    {
        byte[] header = new byte[WireLimits.HeaderSize];
        new FrameHeader(length, type, (ChannelStream)stream, channel).Write(header);
        return header;
    }

    /// <summary>What the guest does on its open channel, and a part of the sentence that must name it.</summary>
    private sealed record Breach(string Sentence, Func<ScriptedGuest, ushort, Task> Act);
}
