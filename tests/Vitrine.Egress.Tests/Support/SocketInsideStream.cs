using System.Net.Sockets;

namespace Vitrine.Egress.Tests.Support;

/// <summary>The gateway's side of a connection from inside, over a socket.</summary>
internal sealed class SocketInsideStream(Socket socket) : InsideStream
{
    private bool _hasEnded;
    private bool _hasRead;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ReceiveAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (ReadOnlyMemory<byte> left = buffer; !left.IsEmpty;)
            left = left[await SendAsync(left, cancellationToken)..];
    }

    public override ValueTask EndWritingAsync(CancellationToken cancellationToken)
    {
        _hasEnded = true;
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (!_hasEnded || !_hasRead)
                socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            int read = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            _hasRead |= read == 0 && buffer.Length > 0;
            return read;
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.SendAsync(bytes, SocketFlags.None, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
