using System.Buffers.Binary;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>Judges each frame by what the guest may send at that moment, and passes it on. Runs on the receive loop alone.</summary>
internal sealed class FrameDispatcher(
    ChannelTable channels, WireSender sender, Heartbeat heartbeat, GuestConnectionOptions options, GuestRequests requests,
    Action<GuestReady> ready, Action<GoAway> goneAway)
    : IFrameReceiver
{
    private bool _isReady;
    private bool _isGone;

    public InboundStream Data(FrameHeader header)
    {
        ThrowIfNotReady(header.Type);
        if (header.Length == 0)
            throw new ProtocolException($"data of no bytes on channel {header.Channel}");
        return channels.Find(header).Data(header);
    }

    public void Frame(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (_isGone)
            throw new ProtocolException($"{header.Type} after the goodbye");
        switch (header.Type)
        {
            case FrameType.GoAway:
                _isGone = true;
                goneAway(Clean(GoAway.Read(payload)));
                return;
            case FrameType.Ready when !_isReady:
                Begin(GuestReady.Read(payload));
                return;
        }

        ThrowIfNotReady(header.Type);
        switch (header.Type)
        {
            case FrameType.Ping:
                Answer(FrameHeader.Control(FrameType.Pong, PingToken.Size), PingToken.Read(payload));
                return;
            case FrameType.Pong:
                heartbeat.Pong(PingToken.Read(payload).Value);
                return;
            case FrameType.Open:
                requests.Open(header, payload);
                return;
            case FrameType.Reset when requests.CrossedRefusal(header, payload):
                return;
            case FrameType.Hello or FrameType.Ready or FrameType.Signal or FrameType.Resize:
                throw new ProtocolException($"a guest does not send {header.Type} now");
            default:
                if (channels.Find(header).Receive(header, payload))
                    channels.Remove(header.Channel);
                return;
        }
    }

    private static GoAway Clean(GoAway away) =>
        new(
            away.Reason <= GoAwayReason.Cancelled ? away.Reason : GoAwayReason.InternalError,
            $"the guest says: {PeerText.Clean(away.Message)}");

    private void ThrowIfNotReady(FrameType type)
    {
        if (!_isReady)
            throw new ProtocolException($"{type} before the answer to the hello");
    }

    private void Begin(GuestReady answer)
    {
        if (answer.Version < options.MinVersion || answer.Version > options.MaxVersion)
            throw new ProtocolException(
                $"the guest chose version {answer.Version}; offered were {options.MinVersion} to {options.MaxVersion}");
        _isReady = true;
        ready(answer with { Notes = [.. answer.Notes.Select(PeerText.Clean)] });
    }

    private void Answer(FrameHeader header, PingToken token)
    {
        Span<byte> payload = stackalloc byte[PingToken.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, token.Value);
        Reply(header, payload);
    }

    private void Reply(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!sender.TryReply(header, payload))
            throw new ProtocolException("the guest asks without reading the answers");
    }
}
