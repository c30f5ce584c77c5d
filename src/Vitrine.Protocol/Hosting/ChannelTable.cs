using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>The channels whose ids are taken: open ones, and given-up ones whose end the guest has not told yet.</summary>
internal sealed class ChannelTable(WireSender sender, int initialCredit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, GuestChannel> _channels = [];
    private GuestClosedException? _closed;
    private ushort _next = 1;
    private int _guests;

    public CreditPool Pool { get; } = new();

    /// <summary>Takes an id and the credit of a new channel.</summary>
    /// <exception cref="ChannelOpenException">256 channels are open, or unread output fills the sandbox's buffer.</exception>
    /// <exception cref="GuestClosedException">The wire is closed.</exception>
    public GuestChannel Open(ChannelKind kind, bool takesInput)
    {
        lock (_gate)
        {
            if (_closed is not null)
                throw new GuestClosedException(_closed.GoAway);
            if (_channels.Count == WireLimits.MaxChannels)
                throw new ChannelOpenException(
                    TryAgain, $"{WireLimits.MaxChannels} commands, files and connections are open in this sandbox; end one first");
            if (!Pool.TryOpenChannel(GuestChannel.Streams(kind)))
                throw new ChannelOpenException(
                    NoBufferSpace, "unread output fills this sandbox's 4 MiB; read it or dispose its channels first");
            while (_channels.ContainsKey(_next))
                _next += 2;
            var channel = new GuestChannel(_next, kind, takesInput, sender, Pool, initialCredit);
            _channels.Add(_next, channel);
            _next += 2;
            return channel;
        }
    }

    /// <summary>Takes the id the guest chose and the credit of its channel; a refusal of what finds no room, and then no channel.</summary>
    /// <exception cref="ProtocolException">The id is taken, or the guest has its 192 channels.</exception>
    /// <exception cref="GuestClosedException">The wire is closed.</exception>
    public GuestChannel? Take(ushort id, ChannelKind kind, out ChannelOpenFailed? full)
    {
        lock (_gate)
        {
            if (_closed is not null)
                throw new GuestClosedException(_closed.GoAway);
            if (_channels.ContainsKey(id))
                throw new ProtocolException($"the guest opens channel {id}, which it has open");
            if (_guests == WireLimits.MaxGuestChannels)
                throw new ProtocolException($"the guest opens more than {WireLimits.MaxGuestChannels} channels");
            full = _channels.Count == WireLimits.MaxChannels
                ? new ChannelOpenFailed(TryAgain, $"{WireLimits.MaxChannels} commands, files and connections are open in this sandbox")
                : Pool.TryOpenChannel(GuestChannel.Streams(kind)) ? null
                : new ChannelOpenFailed(NoBufferSpace, "unread output fills this sandbox's 4 MiB on the host");
            if (full is not null)
                return null;
            var channel = new GuestChannel(id, kind, takesInput: true, sender, Pool, initialCredit);
            _channels.Add(id, channel);
            _guests++;
            return channel;
        }
    }

    /// <summary>Finds the channel a frame is about.</summary>
    /// <exception cref="ProtocolException">There is none.</exception>
    public GuestChannel Find(FrameHeader header)
    {
        lock (_gate)
        {
            return _channels.TryGetValue(header.Channel, out GuestChannel? channel)
                ? channel
                : throw new ProtocolException($"{header.Type} on channel {header.Channel}, which is not open");
        }
    }

    /// <summary>Whether the id is a channel's.</summary>
    public bool Has(ushort id)
    {
        lock (_gate)
            return _channels.ContainsKey(id);
    }

    /// <summary>The channel's id is free.</summary>
    public void Remove(ushort id)
    {
        lock (_gate)
        {
            if (!_channels.Remove(id))
                return;
            Pool.CloseChannel();
            if (GuestRequests.IsGuests(id))
                _guests--;
        }
    }

    /// <summary>The channel was never asked for.</summary>
    public void Forget(GuestChannel channel)
    {
        channel.Fault(new GuestClosedException("the channel was not opened"));
        Remove(channel.Id);
    }

    /// <summary>Takes no more; answers those that are open.</summary>
    public GuestChannel[] Close(GuestClosedException reason)
    {
        lock (_gate)
        {
            _closed = reason;
            GuestChannel[] open = [.. _channels.Values];
            _channels.Clear();
            return open;
        }
    }

    /// <summary>Counts time for the channels given up; answers the one that is oldest.</summary>
    public (ushort Channel, TimeSpan Age) Age(TimeSpan passed)
    {
        (ushort Channel, TimeSpan Age) oldest = default;
        lock (_gate)
        {
            foreach ((ushort id, GuestChannel channel) in _channels)
            {
                TimeSpan age = channel.Age(passed);
                if (age > oldest.Age)
                    oldest = (id, age);
            }
        }

        return oldest;
    }

    private const int TryAgain = 11; // EAGAIN
    private const int NoBufferSpace = 105; // ENOBUFS
}
