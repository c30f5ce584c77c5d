using System.Net;
using System.Net.Sockets;

namespace Vitrine.Egress.Tests.Support;

/// <summary>A server outside, on loopback, that does with each connection what a test says.</summary>
internal sealed class OutsideServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _connections;

    public OutsideServer(Func<NetworkStream, Task> serve, string address = "127.0.0.1")
    {
        _listener.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        _listener.Listen(512);
        _serving = ServeAsync(serve);
    }

    public ushort Port => (ushort)((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections that reached it.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Sends back what comes, and ends when the other side does.</summary>
    public static OutsideServer Echo(string address = "127.0.0.1") => new(EchoAsync, address);

    /// <summary>Reads all, and drops it.</summary>
    public static OutsideServer Sink() => new(static stream => stream.CopyToAsync(Stream.Null));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private static async Task EchoAsync(NetworkStream stream)
    {
        await stream.CopyToAsync(stream);
        stream.Socket.Shutdown(SocketShutdown.Send);
    }

    private async Task ServeAsync(Func<NetworkStream, Task> serve)
    {
        try
        {
            while (true)
                _ = ServeOneAsync(await _listener.AcceptAsync(_stop.Token), serve);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeOneAsync(Socket socket, Func<NetworkStream, Task> serve)
    {
        Interlocked.Increment(ref _connections);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await serve(stream);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The other side went: many a test does that.
        }
    }
}
