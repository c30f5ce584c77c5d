using Vitrine.Guest.Init;
using Vitrine.Linux.Files;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol.Framing;

namespace Vitrine.Guest.Forwarding;

/// <summary>The two directions between a channel and a connected socket. Each ends by itself.</summary>
internal sealed class SocketStreams : IDisposable
{
    private readonly InStream _input;
    private readonly OutStream _output;
    private readonly Action _over;
    private bool _inputEnded;

    /// <param name="context">The guest.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="socket">The connection, non-blocking; not owned.</param>
    /// <param name="credit">Bytes the host takes at first.</param>
    /// <param name="over">Told when both directions have ended.</param>
    /// <param name="broken">Told when the program reset the connection; without it, that is an end like any other.</param>
    internal SocketStreams(GuestContext context, ushort channel, Descriptor socket, uint credit, Action over, Action? broken = null)
    {
        _over = over;
        StreamSocket.SetNoDelay(socket.Number);

        // Two watches need two numbers.
        Descriptor writing = DescriptorIo.DuplicateFrom(socket.Number, 3);
        _input = new InStream(context, channel, writing, finish: () =>
        {
            StreamSocket.ShutdownSend(socket.Number);
            OnInputOver();
        }, changed: OnInputOver, InStream.ConnectionWindow);
        _output = new OutStream(context, channel, ChannelStream.Output, socket, credit, TellIfOver, ownsSource: false, broken);
    }

    /// <summary>The host knows the channel: data may flow.</summary>
    internal void Start() => _output.Start();

    /// <summary>Bytes for the program.</summary>
    internal void OnData(ReadOnlySpan<byte> bytes) => _input.Write(bytes);

    /// <summary>No more will come.</summary>
    internal void OnEof() => _input.End();

    /// <summary>The host takes so many bytes more.</summary>
    internal void AddCredit(uint bytes) => _output.AddCredit(bytes);

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private void OnInputOver()
    {
        _inputEnded = true;
        TellIfOver();
    }

    private void TellIfOver()
    {
        if (_inputEnded && _output.IsEnded)
            _over();
    }
}
