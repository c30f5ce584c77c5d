using Vitrine.Guest.Init;
using Vitrine.Linux.Files;
using Vitrine.Linux.Network;
using Vitrine.Linux.Polling;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol.Framing;

namespace Vitrine.Guest.Egress;

/// <summary>Takes DNS questions by UDP, a few at once; the others wait in the kernel's buffer, and what finds no room there is lost, as UDP is.</summary>
internal sealed class QuestionSocket : IReadyHandler
{
    /// <summary>Most questions without an answer. The host answers each at once, for it asks nobody.</summary>
    internal const int Most = 16;

    private readonly GuestContext _context;
    private readonly WayOut _owner;
    private readonly Descriptor _socket;
    private readonly Watch _watch;
    private readonly byte[] _buffer = new byte[WireLimits.MaxQuery + 1];
    private int _waiting;

    internal QuestionSocket(GuestContext context, WayOut owner)
    {
        _context = context;
        _owner = owner;
        _socket = InternetSocket.BindDatagrams(new InternetAddress(InsideAddresses.Gateway, InsideAddresses.QuestionPort));
        _watch = context.Loop.Watch(_socket.Number, this);
        _watch.For(PollEvents.Read);
    }

    public void OnReady(PollEvents events)
    {
        while (_waiting < Most)
        {
            int count = InternetSocket.Receive(_socket.Number, _buffer, out InternetAddress asker);
            if (count < 0)
                return;
            if (count is 0 or > WireLimits.MaxQuery)
                continue; // no DNS message is that short, and no question that long
            _waiting++;
            ResolveChannel.Ask(_context, this, _owner.NextId(), _buffer.AsSpan(0, count), asker);
        }

        _watch.For(PollEvents.None);
    }

    /// <summary>A question is over.</summary>
    internal void OnEnded()
    {
        _waiting--;
        _watch.For(PollEvents.Read);
    }

    /// <summary>Sends an answer, from the address that was asked: the socket is bound to it.</summary>
    internal void Answer(ReadOnlySpan<byte> message, InternetAddress asker) => _ = InternetSocket.Send(_socket.Number, message, asker);
}
