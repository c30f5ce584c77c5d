using System.Globalization;
using System.Net.Sockets;

namespace Vitrine.Protocol.Tests.Scripted;

/// <summary>
/// Two connected AF_UNIX stream sockets, as the engine and a guest have them. The listener's address is abstract: nothing is left in a file
/// system.
/// </summary>
internal static class SocketPair
{
    private static int s_number;

    public static (NetworkStream Host, NetworkStream Guest) Create(int? bufferBytes = null)
    {
        string name = string.Create(
            CultureInfo.InvariantCulture, $"\0vitrine-wire-{Environment.ProcessId}-{Interlocked.Increment(ref s_number)}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(name));
        listener.Listen(1);
        var host = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        host.Connect(new UnixDomainSocketEndPoint(name));
        Socket guest = listener.Accept();
        if (bufferBytes is { } size)
            host.SendBufferSize = guest.SendBufferSize = size;
        return (new NetworkStream(host, ownsSocket: true), new NetworkStream(guest, ownsSocket: true));
    }
}
