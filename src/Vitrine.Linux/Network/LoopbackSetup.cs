using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Vitrine.Linux.Network;

/// <summary>What a sandbox's lo has (rtnetlink(7)).</summary>
internal static class LoopbackSetup
{
    private const ushort RTM_NEWLINK = 16;
    private const ushort RTM_NEWADDR = 20;
    private const ushort RTM_NEWROUTE = 24;
    private const ushort NLM_F_ACK = 4;
    private const ushort NLM_F_CREATE = 0x400;
    private const byte AF_INET = 2;
    private const int Loopback = 1; // lo is the first device of every network namespace.

    /// <summary>lo up, 198.18.0.1/32 on it, and with a way out the default route through it: packets for any address get as far as the rules.</summary>
    public static (NetlinkBatch Requests, uint Last) Requests(bool wayOut)
    {
        var batch = new NetlinkBatch();
        Span<byte> link = stackalloc byte[16]; // struct ifinfomsg
        link.Clear();
        MemoryMarshal.Write(link[4..], Loopback);
        MemoryMarshal.Write(link[8..], 1); // IFF_UP
        MemoryMarshal.Write(link[12..], 1);
        batch.Begin("lo up", RTM_NEWLINK, NLM_F_ACK, link);

        Span<byte> gateway = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(gateway, InsideAddresses.Gateway);
        Span<byte> address = [AF_INET, 32, 0, 0, 0, 0, 0, 0]; // struct ifaddrmsg: scope universe
        MemoryMarshal.Write(address[4..], Loopback);
        batch.Begin("198.18.0.1/32 on lo", RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE, address)
            .Attribute(1, gateway).Attribute(2, gateway); // IFA_ADDRESS, IFA_LOCAL
        if (!wayOut)
            return (batch, 1);

        // struct rtmsg: table main 254, protocol static 4, scope link 253, type unicast 1.
        batch.Begin("default route through lo", RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE, [AF_INET, 0, 0, 0, 254, 4, 253, 1, 0, 0, 0, 0])
            .Number(4, Loopback).Attribute(7, gateway); // RTA_OIF, RTA_PREFSRC
        return (batch, 2);
    }
}
