using Vitrine.Guest.Forwarding;
using Vitrine.Guest.Init;
using Vitrine.Linux.Files;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Egress;

/// <summary>A connection of a program inside. Until the host has answered it is not read: what the program sends waits in the kernel.</summary>
internal sealed class ConnectChannel : Channel
{
    private readonly GuestContext _context;
    private readonly ConnectionListener _owner;
    private readonly Descriptor _socket;
    private SocketStreams? _streams;
    private bool _closed;

    private ConnectChannel(GuestContext context, ConnectionListener owner, ushort id, Descriptor socket)
        : base(id)
    {
        _context = context;
        _owner = owner;
        _socket = socket;
    }

    /// <summary>Asks the host to take the connection.</summary>
    internal static void Ask(GuestContext context, ConnectionListener owner, ushort id, Descriptor socket, InternetAddress destination)
    {
        context.Channels.Add(new ConnectChannel(context, owner, id, socket));
        var writer = new WireWriter();
        new ConnectRequest(destination.Address, destination.Port, InStream.ConnectionWindow).Write(writer.U8((byte)ChannelKind.Connect));
        context.Wire.Send(FrameType.Open, id, writer.Written);
    }

    internal override void OnOpened(ChannelOpened opened)
    {
        if (_streams is not null)
            throw new ProtocolException($"the host opens channel {Id} twice");
        _streams = new SocketStreams(_context, Id, _socket, opened.InputCredit, over: () => Close(reset: false), broken: OnBroken);
        _streams.Start();
    }

    internal override void OnOpenFailed()
    {
        if (_streams is not null)
            throw new ProtocolException($"the host refuses channel {Id} after it was open");
        End(reset: true);
        _context.Channels.Remove(this);
    }

    internal override void OnData(ReadOnlySpan<byte> bytes) => Streams().OnData(bytes);

    internal override void OnEof() => Streams().OnEof();

    internal override void OnCredit(ChannelStream stream, uint bytes) => Streams().AddCredit(bytes);

    internal override void OnReset() => Close(reset: true);

    private SocketStreams Streams() => _streams ?? throw new ProtocolException($"the host uses channel {Id} before it answered");

    /// <summary>An end would tell the server outside that the program sent all it meant to.</summary>
    private void OnBroken()
    {
        var writer = new WireWriter();
        new GoAway(GoAwayReason.Cancelled, "the program reset its connection").Write(writer);
        _context.Wire.Send(FrameType.Reset, Id, writer.Written);
        Close(reset: true);
    }

    private void Close(bool reset)
    {
        if (_closed)
            return;
        End(reset);
        _context.Close(this);
    }

    private void End(bool reset)
    {
        _closed = true;
        if (reset)
            InternetSocket.ResetOnClose(_socket.Number);
        _streams?.Dispose();
        _socket.Dispose();
        _owner.OnEnded();
    }
}
