using Vitrine.Protocol;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Init;

/// <summary>One open channel, seen from inside.</summary>
internal abstract class Channel(ushort id)
{
    internal ushort Id => id;

    /// <summary>Input came.</summary>
    internal abstract void OnData(ReadOnlySpan<byte> bytes);

    /// <summary>The input ends.</summary>
    internal abstract void OnEof();

    /// <summary>The host takes so many bytes more.</summary>
    internal abstract void OnCredit(ChannelStream stream, uint bytes);

    /// <summary>The host gives the channel up.</summary>
    internal abstract void OnReset();

    /// <summary>The host takes what the guest asked for.</summary>
    /// <exception cref="ProtocolException">The guest asked for nothing.</exception>
    internal virtual void OnOpened(ChannelOpened opened) => throw new ProtocolException($"the host answers channel {Id}, which is its own");

    /// <summary>The host refuses what the guest asked for.</summary>
    /// <exception cref="ProtocolException">The guest asked for nothing.</exception>
    internal virtual void OnOpenFailed() => throw new ProtocolException($"the host answers channel {Id}, which is its own");

    /// <summary>A signal for its process; nothing for what has none.</summary>
    internal virtual void OnSignal(CommandSignal signal)
    {
    }

    /// <summary>A new size of its terminal; nothing for what has none.</summary>
    internal virtual void OnResize(TerminalSize size)
    {
    }
}

/// <summary>The open channels: at most 256 of the host's and 192 of the guest's.</summary>
internal sealed class ChannelList
{
    private readonly List<Channel> _channels = [];

    internal int Count => _channels.Count;

    /// <summary>Those the host opened. What the guest asks for and the host has not read yet is none of them.</summary>
    internal int OfHost { get; private set; }

    internal void Add(Channel channel)
    {
        _channels.Add(channel);
        OfHost += channel.Id & 1;
    }

    internal void Remove(Channel channel)
    {
        if (_channels.Remove(channel))
            OfHost -= channel.Id & 1;
    }

    internal Channel? Find(ushort id)
    {
        foreach (Channel channel in _channels)
        {
            if (channel.Id == id)
                return channel;
        }

        return null;
    }
}
