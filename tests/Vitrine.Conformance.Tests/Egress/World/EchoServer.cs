using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>Sends back what it gets, over TCP, at every address, and half-closes when the other side has; it keeps how much came to each address.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly List<Socket> _listeners = [];
    private readonly ConcurrentDictionary<IPAddress, long> _received = [];

    public EchoServer(NetworkHolder outside, IReadOnlyList<int> ports)
    {
        foreach (int port in ports)
        {
            Socket listener = outside.Make(() =>
            {
                var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
                socket.Listen(512);
                return socket;
            });
            _listeners.Add(listener);
            _ = AcceptAsync(listener);
        }
    }

    /// <summary>Bytes that came to an address.</summary>
    public long ReceivedAt(string address) => _received.GetValueOrDefault(IPAddress.Parse(address));

    public void Dispose() => _listeners.ForEach(l => l.Dispose());

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                _ = EchoAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task EchoAsync(Socket client)
    {
        byte[] buffer = new byte[64 * 1024];
        using (client)
        {
            try
            {
                IPAddress address = ((IPEndPoint)client.LocalEndPoint!).Address.MapToIPv4();
                for (int got; (got = await client.ReceiveAsync(buffer)) > 0;)
                {
                    _received.AddOrUpdate(address, got, (_, sum) => sum + got);
                    for (int sent = 0; sent < got;)
                        sent += await client.SendAsync(buffer.AsMemory(sent, got - sent));
                }

                client.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The client went away.
            }
        }
    }
}
