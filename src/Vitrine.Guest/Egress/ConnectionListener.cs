using Vitrine.Guest.Init;
using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Linux.Network;
using Vitrine.Linux.Polling;
using Vitrine.Linux.Sockets;

namespace Vitrine.Guest.Egress;

/// <summary>Accepts connections, as many at once as there are channels for; the others wait in the kernel's queue, and those beyond it are tried again by the kernel.</summary>
internal sealed class ConnectionListener : IReadyHandler
{
    /// <summary>Most connections at once: 192 channels less those of <see cref="QuestionSocket"/>.</summary>
    internal const int Most = 176;

    private const int Backlog = 256;

    /// <summary>Most of one turn, so that a flood of them does not keep the loop from all else.</summary>
    private const int MostOfATurn = 16;

    private readonly GuestContext _context;
    private readonly WayOut _owner;
    private readonly Descriptor _listener;
    private readonly Watch _watch;
    private int _open;

    internal ConnectionListener(GuestContext context, WayOut owner)
    {
        _context = context;
        _owner = owner;
        _listener = InternetSocket.Listen(new InternetAddress(InsideAddresses.Gateway, InsideAddresses.ConnectionPort), Backlog);
        _watch = context.Loop.Watch(_listener.Number, this);
        _watch.For(PollEvents.Read);
    }

    public void OnReady(PollEvents events)
    {
        for (int i = 0; i < MostOfATurn && _open < Most; i++)
        {
            Descriptor socket = InternetSocket.Accept(_listener.Number, out int errno);
            if (errno != 0)
            {
                // Without descriptors or memory the next end of a connection is waited for; other errors are those of one connection (accept(2)).
                if (errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM && _open > 0)
                    _watch.For(PollEvents.None);
                return;
            }

            Take(socket);
        }

        if (_open >= Most)
            _watch.For(PollEvents.None);
    }

    /// <summary>A connection is over: one more may be taken.</summary>
    internal void OnEnded()
    {
        _open--;
        _watch.For(PollEvents.Read);
    }

    private void Take(Descriptor socket)
    {
        if (!InternetSocket.TryOriginalDestination(socket.Number, out InternetAddress destination))
        {
            InternetSocket.ResetOnClose(socket.Number);
            socket.Dispose();
            return;
        }

        _open++;
        ConnectChannel.Ask(_context, this, _owner.NextId(), socket, destination);
    }
}
