using System.Net;
using System.Net.Sockets;

namespace Vitrine.Egress.Proxy;

/// <summary>A connection to a host outside, made to an address that was judged.</summary>
internal sealed class OutsideConnection(Socket socket, IPAddress address, string shown, ReadOnlyMemory<byte> first) : IDisposable
{
    /// <summary>The socket, connected.</summary>
    public Socket Socket => socket;

    /// <summary>The address dialled: the host's, or its upstream proxy's.</summary>
    public IPAddress Address => address;

    /// <summary>The address as the trail has it.</summary>
    public string Shown => shown;

    /// <summary>Bytes the other side sent that were read already; normally none.</summary>
    public ReadOnlyMemory<byte> First => first;

    /// <summary>A stream over the socket that owns it. Use it or the socket, not both.</summary>
    /// <exception cref="IOException">The other side spoke before it was asked: not for protocols where the client begins.</exception>
    public NetworkStream OpenStream() =>
        first.IsEmpty
            ? new NetworkStream(socket, ownsSocket: true)
            : throw new IOException("the upstream proxy sent bytes after its answer");

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
