using Vitrine.Guest.Init;
using Vitrine.Linux;
using Vitrine.Linux.Network;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Egress;

/// <summary>
/// Takes what programs inside send out to the host, which decides: each TCP connection that the kernel's rules led here, and each DNS question by UDP.
/// Nothing of either is parsed here.
/// </summary>
internal sealed class WayOut
{
    private readonly ConnectionListener _connections;
    private readonly QuestionSocket _questions;
    private readonly ChannelList _channels;
    private ushort _last;

    private WayOut(GuestContext context)
    {
        _channels = context.Channels;
        _connections = new ConnectionListener(context, this);
        _questions = new QuestionSocket(context, this);
    }

    /// <summary>Listens; before the lockdown, so that nothing but these two sockets needs to be allowed.</summary>
    /// <exception cref="GuestFault">The host did not set up the network, or a port is taken.</exception>
    internal static WayOut Open(GuestContext context)
    {
        try
        {
            return new WayOut(context);
        }
        catch (LinuxException e)
        {
            throw new GuestFault(
                GoAwayReason.LockdownFailed, $"the guest could not listen for connections ({e.Message}); the host sets up {InsideAddresses.Text} on lo before its hello");
        }
    }

    /// <summary>The next free id of the guest's: even ones.</summary>
    internal ushort NextId()
    {
        do
            _last = _last == 65534 ? (ushort)2 : (ushort)(_last + 2);
        while (_channels.Find(_last) is not null);
        return _last;
    }
}
