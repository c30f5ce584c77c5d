using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Network;

/// <summary>A netlink(7) socket. It belongs to the network namespace of the thread that opened it, wherever it is used.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    /// <summary>Addresses and routes (rtnetlink(7)).</summary>
    public const int Route = 0;

    /// <summary>nf_tables and the like.</summary>
    public const int Netfilter = 12;

    private const int AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const ushort NLMSG_ERROR = 2;
    private const int MSG_DONTWAIT = 0x40;
    private readonly Descriptor _socket;

    private NetlinkSocket(Descriptor socket) => _socket = socket;

    /// <summary>Opens one.</summary>
    /// <exception cref="LinuxException">The kernel does not know the protocol (EPROTONOSUPPORT).</exception>
    public static NetlinkSocket Open(int protocol)
    {
        int fd = SocketCalls.Socket(AF_NETLINK, SOCK_RAW | OpenFlags.O_CLOEXEC, protocol);
        return fd < 0
            ? throw LinuxException.Last("socket", protocol == Route ? "NETLINK_ROUTE" : "NETLINK_NETFILTER")
            : new NetlinkSocket(new Descriptor(fd));
    }

    /// <summary>Sends requests and reads the answers, which the kernel has ready when the call that sends them returns.</summary>
    /// <param name="batch">The requests.</param>
    /// <param name="acknowledged">Number of the last request that asks for an answer (NLM_F_ACK).</param>
    /// <exception cref="LinuxException">One of them failed; what was asked before it may have been done.</exception>
    public void Do(NetlinkBatch batch, uint acknowledged)
    {
        fixed (byte* start = batch.Bytes)
        {
            if (SocketCalls.Send(_socket.Number, start, batch.Bytes.Length, 0) < 0)
                throw LinuxException.Last("send", "netlink");
        }

        byte* buffer = stackalloc byte[8192];
        while (true)
        {
            nint count = SocketCalls.Receive(_socket.Number, buffer, 8192, MSG_DONTWAIT);
            if (count < 0)
                throw LinuxException.Last("recv", "netlink");
            if (Judge(new ReadOnlySpan<byte>(buffer, (int)count), batch, acknowledged))
                return;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Whether the answers are complete.</summary>
    private static bool Judge(ReadOnlySpan<byte> answers, NetlinkBatch batch, uint acknowledged)
    {
        while (answers.Length >= 20)
        {
            int size = MemoryMarshal.Read<int>(answers), error = MemoryMarshal.Read<int>(answers[16..]);
            uint number = MemoryMarshal.Read<uint>(answers[8..]);
            if (MemoryMarshal.Read<ushort>(answers[4..]) == NLMSG_ERROR)
            {
                if (error != 0)
                    throw new LinuxException("netlink", batch.Subject(number), -error);
                if (number == acknowledged)
                    return true;
            }

            answers = answers[Math.Min(answers.Length, Math.Max(16, (size + 3) & ~3))..];
        }

        return false;
    }
}
