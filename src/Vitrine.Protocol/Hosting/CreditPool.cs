using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// The bytes one sandbox may have in the host's memory: granted and not used yet, or received and not read yet. What a stream takes, it
/// takes
/// from here, so their sum never passes <see cref="WireLimits.MaxSandboxBuffer"/>. Growth leaves enough behind for every channel still to
/// come.
/// </summary>
internal sealed class CreditPool
{
    private const int ChannelShare = 2 * WireLimits.MinStreamCredit;
    private readonly Lock _gate = new();
    private int _free = WireLimits.MaxSandboxBuffer;
    private int _channelsToCome = WireLimits.MaxChannels;

    /// <summary>Bytes taken now.</summary>
    public int Used
    {
        get
        {
            lock (_gate)
                return WireLimits.MaxSandboxBuffer - _free;
        }
    }

    /// <summary>
    /// Takes the smallest share of a new channel's streams, or nothing: then unread output of channels that are over fills the pool.
    /// </summary>
    public bool TryOpenChannel(int streams)
    {
        lock (_gate)
        {
            if (_free < streams * WireLimits.MinStreamCredit)
                return false;
            _free -= streams * WireLimits.MinStreamCredit;
            _channelsToCome--;
            return true;
        }
    }

    /// <summary>The channel's id is free again; what its streams hold, they give back themselves.</summary>
    public void CloseChannel()
    {
        lock (_gate)
            _channelsToCome++;
    }

    /// <summary>
    /// Takes what makes a stream of <paramref name="window"/> bytes one of up to <paramref name="wanted"/>, by doubling; answers the new
    /// window.
    /// </summary>
    public int Grow(int window, int wanted)
    {
        lock (_gate)
        {
            // An eighth of what is to spare: a hundredth stream still gets something better than the minimum.
            int spare = (_free - (_channelsToCome * ChannelShare)) / 8;
            int grown = window;
            while (grown < wanted && (grown * 2) - window <= spare)
                grown *= 2;
            _free -= grown - window;
            return grown;
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(int bytes)
    {
        lock (_gate)
            _free += bytes;
    }
}
