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

    /// <summary>A signal for its process; nothing for what has none.</summary>
    internal virtual void OnSignal(CommandSignal signal)
    {
    }

    /// <summary>A new size of its terminal; nothing for what has none.</summary>
    internal virtual void OnResize(TerminalSize size)
    {
    }
}

/// <summary>The open channels, at most 256.</summary>
internal sealed class ChannelList
{
    private readonly List<Channel> _channels = [];

    internal int Count => _channels.Count;

    internal void Add(Channel channel) => _channels.Add(channel);

    internal void Remove(Channel channel) => _channels.Remove(channel);

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
