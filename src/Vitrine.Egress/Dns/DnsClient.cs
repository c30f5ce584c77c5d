using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Vitrine.Egress.Dns;

/// <summary>
/// Asks one server one thing: over UDP from a socket, and so a port, of its own, which takes answers of that server alone; over TCP when
/// the answer does not fit (RFC 7766). What does not answer the question is passed over.
/// </summary>
internal static class DnsClient
{
    private const int LargestDatagram = 4096;
    private const int LargestAnswer = 16 * 1024;

    /// <summary>Datagrams looked at before the server is taken for hostile.</summary>
    private const int MaxDatagrams = 64;

    /// <summary>Asks.</summary>
    /// <returns>The answer; null when there was none that could be read.</returns>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="IOException">It closed before its answer was whole.</exception>
    public static async Task<DnsReply?> AskAsync(IPEndPoint server, string name, DnsType type, CancellationToken cancellationToken)
    {
        DnsReply? reply = await AskUdpAsync(server, name, type, cancellationToken).ConfigureAwait(false);
        return reply is { IsTruncated: true } ? await AskTcpAsync(server, name, type, cancellationToken).ConfigureAwait(false) : reply;
    }

    private static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(0x10000);

    private static async Task<DnsReply?> AskUdpAsync(IPEndPoint server, string name, DnsType type, CancellationToken cancellationToken)
    {
        ushort id = NewId();
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(DnsRequest.Write(id, name, type), SocketFlags.None, cancellationToken).ConfigureAwait(false);
        byte[] datagram = new byte[LargestDatagram];
        for (int count = 0; count < MaxDatagrams; count++)
        {
            int length = await socket.ReceiveAsync(datagram, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (DnsReply.Read(datagram.AsSpan(0, length), id, name, type) is { } reply)
                return reply;
        }

        return null;
    }

    private static async Task<DnsReply?> AskTcpAsync(IPEndPoint server, string name, DnsType type, CancellationToken cancellationToken)
    {
        ushort id = NewId();
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await using var stream = new NetworkStream(socket);
        byte[] message = DnsRequest.Write(id, name, type);
        byte[] framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
        byte[] size = new byte[2];
        await stream.ReadExactlyAsync(size, cancellationToken).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadUInt16BigEndian(size);
        if (length > LargestAnswer)
            return null;
        byte[] answer = new byte[length];
        await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        return DnsReply.Read(answer, id, name, type) is { IsTruncated: false } reply ? reply : null;
    }
}
