using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>Sends back what it gets and half-closes when the other side has; it keeps how much came to each of its addresses.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly NetworkHolder _place;
    private readonly List<Socket> _sockets = [];
    private readonly ConcurrentDictionary<IPAddress, long> _received = [];

    public EchoServer(NetworkHolder place) => _place = place;

    /// <summary>Bytes that came over TCP to an address.</summary>
    public long ReceivedAt(string address) => _received.GetValueOrDefault(IPAddress.Parse(address));

    /// <summary>Bytes that came to any address.</summary>
    public long Received => _received.Values.Sum();

    /// <summary>Echoes over TCP at every address, of both families.</summary>
    public EchoServer Everywhere(params IEnumerable<int> ports)
    {
        foreach (int port in ports)
            Listen(new IPEndPoint(IPAddress.IPv6Any, port), null);
        return this;
    }

    /// <summary>Echoes over TCP at one address; inside TLS with an authority.</summary>
    public EchoServer At(string address, int port, TestAuthority? authority = null)
    {
        Listen(new IPEndPoint(IPAddress.Parse(address), port), authority);
        return this;
    }

    /// <summary>Echoes datagrams at one address.</summary>
    public EchoServer DatagramsAt(string address, params IEnumerable<int> ports)
    {
        foreach (int port in ports)
        {
            Socket socket = _place.Make(() =>
            {
                var end = new IPEndPoint(IPAddress.Parse(address), port);
                var bound = new Socket(end.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                bound.Bind(end);
                return bound;
            });
            _sockets.Add(socket);
            _ = EchoDatagramsAsync(socket);
        }

        return this;
    }

    public void Dispose() => _sockets.ForEach(l => l.Dispose());

    private void Listen(IPEndPoint end, TestAuthority? authority)
    {
        Socket listener = _place.Listen(end);
        _sockets.Add(listener);
        _ = AcceptAsync(listener, authority);
    }

    private async Task AcceptAsync(Socket listener, TestAuthority? authority)
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(), authority);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(Socket client, TestAuthority? authority)
    {
        try
        {
            IPAddress address = ((IPEndPoint)client.LocalEndPoint!).Address.MapToIPv4();
            await using var plain = new NetworkStream(client, ownsSocket: true);
            if (authority is null)
            {
                await EchoAsync(plain, address);
                client.Shutdown(SocketShutdown.Send);
                return;
            }

            await using var secure = new SslStream(plain);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateSelectionCallback = (_, name) => authority.For(name is { Length: > 0 } ? name : address.ToString()),
            });
            await EchoAsync(secure, address);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            // The client went away, or does not speak TLS.
        }
    }

    private async Task EchoAsync(Stream stream, IPAddress address)
    {
        byte[] buffer = new byte[4096];
        for (int got; (got = await stream.ReadAsync(buffer)) > 0;)
        {
            _received.AddOrUpdate(address, got, (_, sum) => sum + got);
            await stream.WriteAsync(buffer.AsMemory(0, got));
        }
    }

    private static async Task EchoDatagramsAsync(Socket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        var any = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                SocketReceiveFromResult got = await socket.ReceiveFromAsync(buffer, any);
                await socket.SendToAsync(buffer.AsMemory(0, got.ReceivedBytes), got.RemoteEndPoint);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                // An asker that has gone away answers with an ICMP message, which the next call reports.
            }
        }
    }
}
