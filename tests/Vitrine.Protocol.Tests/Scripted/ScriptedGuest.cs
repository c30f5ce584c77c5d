using System.Buffers.Binary;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Tests.Scripted;

/// <summary>One frame as the guest received it.</summary>
internal sealed record Frame(FrameHeader Header, byte[] Payload)
{
    public FrameType Type => Header.Type;

    public ushort Channel => Header.Channel;
}

/// <summary>The guest's end of a wire, played by the test frame by frame; it can break every rule.</summary>
internal sealed class ScriptedGuest(Stream wire) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Stream Wire => wire;

    public ValueTask DisposeAsync() => wire.DisposeAsync();

    /// <summary>Opens a connection with a guest that answers the hello as it should.</summary>
    public static async Task<(GuestConnection Host, ScriptedGuest Guest)> ConnectAsync(
        GuestConnectionOptions? options = null, int? bufferBytes = null)
    {
        (Stream host, Stream end) = SocketPair.Create(bufferBytes);
        var guest = new ScriptedGuest(end);
        Task<GuestConnection> opening = GuestConnection.OpenAsync(host, new GuestSetup(), options, TestContext.Current.CancellationToken);
        Frame hello = await guest.ReceiveAsync();
        Assert.Equal(FrameType.Hello, hello.Type);
        await guest.ReadyAsync();
        return (await opening, guest);
    }

    /// <summary>The next frame; fails at the end of the wire.</summary>
    public async Task<Frame> ReceiveAsync() => await TryReceiveAsync() ?? throw new EndOfStreamException("the host ended the wire");

    /// <summary>The next frame, or null at the end of the wire.</summary>
    public async Task<Frame?> TryReceiveAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        byte[] header = new byte[WireLimits.HeaderSize];
        try
        {
            if (await wire.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, patience.Token) < header.Length)
                return null;
            FrameHeader parsed = FrameHeader.Read(header);
            byte[] payload = new byte[parsed.Length];
            await wire.ReadExactlyAsync(payload, patience.Token);
            return new Frame(parsed, payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The next frame of the type; others before it are dropped.</summary>
    public async Task<Frame> ReceiveAsync(FrameType type)
    {
        while (true)
        {
            Frame frame = await ReceiveAsync();
            if (frame.Type == type)
                return frame;
        }
    }

    public async Task RawAsync(ReadOnlyMemory<byte> bytes) => await wire.WriteAsync(bytes, TestContext.Current.CancellationToken);

    public Task SendAsync(
        FrameType type, ushort channel = 0, ReadOnlySpan<byte> payload = default, ChannelStream stream = ChannelStream.Input)
    {
        byte[] frame = new byte[WireLimits.HeaderSize + payload.Length];
        new FrameHeader(payload.Length, type, stream, channel).Write(frame);
        payload.CopyTo(frame.AsSpan(WireLimits.HeaderSize));
        return RawAsync(frame);
    }

    public Task SendAsync(FrameType type, ushort channel, Action<WireWriter> write)
    {
        var writer = new WireWriter();
        write(writer);
        return SendAsync(type, channel, writer.Written);
    }

    public Task ReadyAsync(ushort version = 1) => SendAsync(FrameType.Ready, 0, new GuestReady(version, 7, []).Write);

    public Task OpenedAsync(ushort channel, uint pid = 7, uint inputCredit = 65536) =>
        SendAsync(FrameType.Opened, channel, new ChannelOpened(pid, inputCredit).Write);

    public Task DataAsync(ushort channel, ReadOnlySpan<byte> bytes, ChannelStream stream = ChannelStream.Output) =>
        SendAsync(FrameType.Data, channel, bytes, stream);

    public Task EofAsync(ushort channel, ChannelStream stream = ChannelStream.Output) => SendAsync(FrameType.Eof, channel, default, stream);

    public Task CreditAsync(ushort channel, uint bytes, ChannelStream stream = ChannelStream.Input)
    {
        byte[] payload = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, bytes);
        return SendAsync(FrameType.Credit, channel, payload, stream);
    }

    public Task ExitedAsync(ushort channel, byte code = 0) => SendAsync(FrameType.Exited, channel, new CommandExit { Code = code }.Write);

    public Task ClosedAsync(ushort channel) => SendAsync(FrameType.Closed, channel);

    public Task GoAwayAsync(GoAwayReason reason, string message) => SendAsync(FrameType.GoAway, 0, new GoAway(reason, message).Write);

    /// <summary>Starts a command on the host and answers it; the channel, its id and the request as the guest read it.</summary>
    public async Task<(GuestChannel Channel, ushort Id, CommandRequest Request)> StartAsync(
        GuestConnection host, CommandRequest? request = null, uint inputCredit = 65536)
    {
        Task<GuestChannel> starting = host.StartAsync(request ?? Command, TestContext.Current.CancellationToken);
        if (starting.IsFaulted)
            await starting;
        Frame open = await ReceiveAsync(FrameType.Open);
        await OpenedAsync(open.Channel, inputCredit: inputCredit);
        return (await starting, open.Channel, ReadCommand(open));
    }

    public static CommandRequest Command { get; } = new() { Arguments = ["true"], OpenInput = true };

    public static CommandRequest ReadCommand(Frame open)
    {
        var reader = new WireReader(open.Payload);
        Assert.Equal((byte)ChannelKind.Command, reader.U8());
        CommandRequest request = CommandRequest.Read(ref reader);
        reader.End();
        return request;
    }
}
