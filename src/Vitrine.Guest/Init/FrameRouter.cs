using Vitrine.Guest.Exec;
using Vitrine.Guest.Files;
using Vitrine.Guest.Forwarding;
using Vitrine.Linux;
using Vitrine.Protocol;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Init;

/// <summary>Gives each frame of the host to the channel it is about.</summary>
internal sealed class FrameRouter(GuestContext context, Action<GuestSetup> greet) : IFrameHandler
{
    private bool _greeted;

    public void OnFrame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Type == FrameType.Hello && !_greeted)
        {
            _greeted = true;
            greet(GuestSetup.Read(payload));
            return;
        }

        if (!_greeted)
            throw new ProtocolException("the first frame is not a hello");
        switch (header.Type)
        {
            case FrameType.Ping when payload.Length == PingToken.Size:
                context.Wire.Send(FrameType.Pong, 0, payload);
                return;
            case FrameType.Pong:
                return;
            case FrameType.GoAway:
                throw new WireEndedException();
            case FrameType.Open:
                Open(header.Channel, payload);
                return;
            case FrameType.Data or FrameType.Eof or FrameType.Credit or FrameType.Signal or FrameType.Resize or FrameType.Reset
                or FrameType.Opened or FrameType.OpenFailed:
                // One that crossed our Closed on the way is about nothing any more.
                if (context.Channels.Find(header.Channel) is { } channel)
                    Deliver(channel, header, payload);
                return;
            default:
                throw new ProtocolException($"a host does not send {header.Type} now");
        }
    }

    private static void Deliver(Channel channel, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case FrameType.Data when header.Stream == ChannelStream.Input:
                channel.OnData(payload);
                return;
            case FrameType.Eof when header.Stream == ChannelStream.Input:
                channel.OnEof();
                return;
            case FrameType.Credit when header.Stream != ChannelStream.Input:
                channel.OnCredit(header.Stream, StreamCredit.Read(payload).Bytes);
                return;
            case FrameType.Opened:
                channel.OnOpened(ChannelOpened.Read(payload));
                return;
            case FrameType.OpenFailed:
                _ = ChannelOpenFailed.Read(payload);
                channel.OnOpenFailed();
                return;
            case FrameType.Signal:
                channel.OnSignal(CommandSignal.Read(payload));
                return;
            case FrameType.Resize:
                var reader = new WireReader(payload);
                var size = TerminalSize.Read(ref reader);
                reader.End();
                channel.OnResize(size);
                return;
            case FrameType.Reset:
                channel.OnReset();
                return;
            default:
                throw new ProtocolException($"{header.Type} is about stream {header.Stream}");
        }
    }

    private void Open(ushort id, ReadOnlySpan<byte> payload)
    {
        if ((id & 1) == 0)
            throw new ProtocolException($"the host opens channel {id}, an id of the guest's");
        if (context.Channels.Find(id) is not null)
            throw new ProtocolException($"the host opens channel {id} twice");
        if (context.Channels.OfHost >= WireLimits.MaxChannels)
            throw new ProtocolException($"the host opens more than {WireLimits.MaxChannels} channels");
        var reader = new WireReader(payload);
        switch ((ChannelKind)reader.U8())
        {
            case ChannelKind.Command:
                var command = CommandRequest.Read(ref reader);
                reader.End();
                CommandChannel.Open(context, id, command, payload);
                return;
            case ChannelKind.File:
                var file = FileRequest.Read(ref reader);
                reader.End();
                FileChannel.Open(context, id, file, payload[1..]);
                return;
            case ChannelKind.Dial:
                var dial = DialRequest.Read(ref reader);
                reader.End();
                DialChannel.Open(context, id, dial.Port);
                return;
            default:
                context.Refuse(id, Errno.ENOSYS, "open: this guest does not know the kind of channel asked for; use a guest of the host's version");
                return;
        }
    }
}
