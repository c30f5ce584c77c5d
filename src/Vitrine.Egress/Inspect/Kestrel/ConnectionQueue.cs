using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>What stands where Kestrel's sockets would: connections are put in by the gateway.</summary>
internal sealed class ConnectionQueue : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> _waiting = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>Hands a connection over.</summary>
    /// <exception cref="ObjectDisposedException">Kestrel has stopped.</exception>
    public void Add(ConnectionContext connection) => ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(connection), this);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)
            && _waiting.Reader.TryRead(out ConnectionContext? next)
            ? next
            : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _waiting.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
