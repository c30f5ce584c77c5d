using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// The guest's opens and their answers. Bounded by the channel table (192 waiting or open) and by the sender: a guest that asks without reading the
/// answers breaks the protocol.
/// </summary>
internal sealed class GuestRequests(ChannelTable channels, WireSender sender, IGuestRequestHandler handler, Action<string> breach)
{
    private readonly Lock _gate = new();
    private int _refused;

    /// <summary>Whether an id is one of those that the guest gives out.</summary>
    public static bool IsGuests(ushort channel) => (channel & 1) == 0;

    /// <summary>The guest asks for a channel. On the receive loop.</summary>
    /// <exception cref="ProtocolException">What it asks for is not its to ask for.</exception>
    public void Open(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!IsGuests(header.Channel))
            throw new ProtocolException($"the guest opens channel {header.Channel}, an id of the host's");
        var reader = new WireReader(payload);
        var kind = (ChannelKind)reader.U8();
        GuestRequest? request;
        switch (kind)
        {
            case ChannelKind.Connect:
                var connect = ConnectRequest.Read(ref reader);
                reader.End();
                request = Take(header.Channel, kind) is { } connection ? new GuestRequest(this, connection, connect) : null;
                break;
            case ChannelKind.Resolve:
                var question = ResolveRequest.Read(ref reader);
                reader.End();
                request = Take(header.Channel, kind) is { } answer ? new GuestRequest(this, answer, question) : null;
                break;
            default:
                throw new ProtocolException($"the guest opens a channel of kind {(byte)kind}, which is not its to ask for");
        }

        if (request is not null)
            handler.Handle(request);
    }

    /// <summary>Whether a reset is one that crossed a refusal of ours. One for each is no breach.</summary>
    public bool CrossedRefusal(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!IsGuests(header.Channel) || channels.Has(header.Channel))
            return false;
        _ = GoAway.Read(payload);
        lock (_gate)
        {
            if (--_refused < 0)
                throw new ProtocolException($"a reset of channel {header.Channel}, which is not open");
        }

        return true;
    }

    /// <summary>Answers that the channel is open.</summary>
    public async Task AcceptAsync(GuestChannel channel, uint inputCredit, CancellationToken cancellationToken)
    {
        await sender.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        channel.Accept(inputCredit);
    }

    /// <summary>Answers that the channel will not be.</summary>
    public void Refuse(GuestChannel channel, int errno, string why)
    {
        if (!channel.Refuse())
            return;
        channels.Remove(channel.Id);
        Answer(channel.Id, new ChannelOpenFailed(errno, PeerText.Clean(why)));
    }

    private GuestChannel? Take(ushort id, ChannelKind kind)
    {
        GuestChannel? channel = channels.Take(id, kind, out ChannelOpenFailed? full);
        if (full is not null)
            Answer(id, full);
        return channel;
    }

    private void Answer(ushort id, ChannelOpenFailed refusal)
    {
        lock (_gate)
            _refused = Math.Min(_refused + 1, WireLimits.MaxChannels);
        var writer = new WireWriter();
        refusal.Write(writer);
        if (!sender.TryReply(FrameHeader.Control(FrameType.OpenFailed, writer.Written.Length, id), writer.Written))
            breach("the guest asks without reading the answers");
    }
}
