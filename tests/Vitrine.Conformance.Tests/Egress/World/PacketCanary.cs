using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>One packet on its way to an address where nothing may arrive.</summary>
/// <param name="Protocol">IP protocol number: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6, 132 SCTP.</param>
/// <param name="Destination">Where it was going.</param>
/// <param name="Port">Destination port of TCP, UDP and SCTP; else 0.</param>
/// <param name="Bytes">Length of the IP packet.</param>
internal sealed record CanaryPacket(int Protocol, IPAddress Destination, int Port, int Bytes)
{
    public override string ToString() => $"protocol {Protocol} to {Destination}:{Port}, {Bytes} bytes";
}

/// <summary>
/// Sees every IP packet that enters the outside (packet(7)) and keeps those for addresses that are no server of a test. The neighbour discovery and group
/// membership of the two kernels are left out (RFC 4861, RFC 3376, RFC 3810): no program causes them by sending.
/// </summary>
internal sealed class PacketCanary : IDisposable
{
    private const int EthernetHeader = 14;
    private const ushort AllProtocols = 0x0003;

    private readonly Socket _socket;
    private readonly Func<IPAddress, bool> _expected;
    private readonly ConcurrentQueue<CanaryPacket> _packets = [];

    public PacketCanary(NetworkHolder outside, Func<IPAddress, bool> expected)
    {
        _expected = expected;
        _socket = outside.Make(() => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)IPAddress.HostToNetworkOrder((short)AllProtocols)));
        _socket.ReceiveBufferSize = 8 << 20;
        _ = WatchAsync();
    }

    /// <summary>What came since the last time.</summary>
    public IReadOnlyList<CanaryPacket> Take()
    {
        var taken = new List<CanaryPacket>();
        while (_packets.TryDequeue(out CanaryPacket? packet))
            taken.Add(packet);
        return taken;
    }

    public void Dispose() => _socket.Dispose();

    private async Task WatchAsync()
    {
        byte[] frame = new byte[65_536 + EthernetHeader];
        try
        {
            while (true)
            {
                int got = await _socket.ReceiveAsync(frame);
                if (Read(frame.AsSpan(0, got)) is { } packet && !_expected(packet.Destination))
                    _packets.Enqueue(packet);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private static CanaryPacket? Read(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader + 20)
            return null;
        ReadOnlySpan<byte> packet = frame[EthernetHeader..];
        return BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
        {
            0x0800 => Version4(packet),
            0x86dd when packet.Length >= 40 => Version6(packet),
            _ => null,
        };
    }

    private static CanaryPacket? Version4(ReadOnlySpan<byte> packet)
    {
        const int Igmp = 2;
        int header = (packet[0] & 15) * 4;
        return packet[9] == Igmp ? null : new CanaryPacket(packet[9], new IPAddress(packet[16..20]), Port(packet[9], packet[header..]), packet.Length);
    }

    private static CanaryPacket? Version6(ReadOnlySpan<byte> packet)
    {
        const int HopByHop = 0;
        const int Icmp = 58;
        bool housekeeping = packet[6] == HopByHop || (packet[6] == Icmp && packet.Length > 40 && packet[40] is >= 130 and <= 143);
        return housekeeping ? null : new CanaryPacket(packet[6], new IPAddress(packet[24..40]), Port(packet[6], packet[40..]), packet.Length);
    }

    private static int Port(int protocol, ReadOnlySpan<byte> payload) =>
        protocol is 6 or 17 or 132 && payload.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) : 0;
}
