using Vitrine.Guest.Init;
using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Linux.Polling;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Forwarding;

/// <summary>A connection to a loopback port inside. Each direction ends by itself; the channel is over when both did.</summary>
internal sealed class DialChannel : Channel, IReadyHandler
{
    private readonly GuestContext _context;
    private readonly Descriptor _socket;
    private readonly ushort _port;
    private Watch? _connecting;
    private SocketStreams? _streams;
    private uint _credit = WireLimits.MinStreamCredit;
    private bool _closed;

    private DialChannel(GuestContext context, ushort id, ushort port, Descriptor socket)
        : base(id)
    {
        _context = context;
        _port = port;
        _socket = socket;
    }

    internal static void Open(GuestContext context, ushort id, ushort port)
    {
        Descriptor socket = StreamSocket.BeginConnectLoopback(port, out int errno);
        if (errno is not (0 or Errno.EINPROGRESS))
        {
            socket.Dispose();
            Refuse(context, id, port, errno);
            return;
        }

        var channel = new DialChannel(context, id, port, socket);
        context.Channels.Add(channel);
        if (errno == 0)
        {
            channel.OnConnected();
            return;
        }

        channel._connecting = context.Loop.Watch(socket.Number, channel);
        channel._connecting.For(PollEvents.Write);
    }

    public void OnReady(PollEvents events)
    {
        _connecting!.Dispose();
        _connecting = null;
        int error = StreamSocket.PendingError(_socket.Number);
        if (error == 0)
        {
            OnConnected();
            return;
        }

        _closed = true;
        _socket.Dispose();
        _context.Channels.Remove(this);
        Refuse(_context, Id, _port, error);
    }

    internal override void OnData(ReadOnlySpan<byte> bytes) => _streams?.OnData(bytes);

    internal override void OnEof() => _streams?.OnEof();

    internal override void OnCredit(ChannelStream stream, uint bytes)
    {
        if (_streams is null)
            _credit += bytes;
        else
            _streams.AddCredit(bytes);
    }

    internal override void OnReset() => Close();

    private static void Refuse(GuestContext context, ushort id, ushort port, int errno) =>
        context.Refuse(id, errno, $"connect(127.0.0.1:{port}): {Errno.Describe(errno)} (errno {errno}); does anything listen there inside?");

    private void OnConnected()
    {
        var writer = new WireWriter();
        new ChannelOpened(0, InStream.ConnectionWindow).Write(writer);
        _context.Wire.Send(FrameType.Opened, Id, writer.Written);
        _streams = new SocketStreams(_context, Id, _socket, _credit, Close);
        _streams.Start();
    }

    private void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _connecting?.Dispose();
        _streams?.Dispose();
        _socket.Dispose();
        if (_streams is null)
            _context.RefuseCancelled(this);
        else
            _context.Close(this);
    }
}
