using System.Net;
using System.Net.Sockets;

namespace Vitrine.Egress.Tests.Support;

/// <summary>A connection of a program inside: its own end, and the gateway's.</summary>
internal sealed class InsideSocket : IInsideConnection
{
    private readonly Socket _far;
    private readonly TaskCompletionSource<string> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAccepted;

    private InsideSocket(uint address, ushort port, Socket near, Socket far)
    {
        Address = address;
        Port = port;
        Socket = near;
        Stream = new NetworkStream(near, ownsSocket: true);
        _far = far;
    }

    public uint Address { get; }

    public ushort Port { get; }

    /// <summary>The program's end.</summary>
    public Socket Socket { get; }

    public NetworkStream Stream { get; }

    /// <summary>Why it was refused.</summary>
    public Task<string> Refused => _refused.Task;

    /// <summary>The gateway's work on it.</summary>
    public Task Handled { get; set; } = Task.CompletedTask;

    public static async Task<InsideSocket> OpenAsync(uint address, ushort port)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await near.ConnectAsync(listener.LocalEndPoint!);
        Socket far = await listener.AcceptAsync();
        far.NoDelay = true;
        return new InsideSocket(address, port, near, far);
    }

    public ValueTask<InsideStream> AcceptAsync(CancellationToken cancellationToken)
    {
        _isAccepted = true;
        return new(new SocketInsideStream(_far));
    }

    public void Refuse(string why)
    {
        _far.LingerState = new LingerOption(true, 0);
        _far.Dispose();
        _refused.TrySetResult(why);
    }

    /// <summary>Called by the gateway; the program's end stays open for the test to look at.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_isAccepted)
            _far.Dispose();
        return ValueTask.CompletedTask;
    }
}
