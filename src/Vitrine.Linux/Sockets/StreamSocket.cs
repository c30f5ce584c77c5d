using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sockets;

/// <summary>Stream sockets without the framework's own poll threads.</summary>
public static unsafe class StreamSocket
{
    /// <summary>Makes a connected pair of Unix stream sockets (socketpair(2)).</summary>
    /// <exception cref="LinuxException">No descriptors are left.</exception>
    public static (Descriptor One, Descriptor Other) CreatePair() => Pair(1);

    /// <summary>Makes a connected pair of Unix sockets that keep message bounds.</summary>
    /// <exception cref="LinuxException">No descriptors are left.</exception>
    public static (Descriptor One, Descriptor Other) CreateMessagePair() => Pair(5);

    /// <summary>Starts to connect to a TCP port of 127.0.0.1 without waiting.</summary>
    /// <param name="port">The port.</param>
    /// <param name="errno">0 when connected, EINPROGRESS when it will be told by <see cref="Polling.PollEvents.Write"/>, otherwise why
    /// not.</param>
    public static Descriptor BeginConnectLoopback(ushort port, out int errno)
    {
        int fd = SocketCalls.Socket(2, 1 | OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK, 0); // AF_INET, SOCK_STREAM
        if (fd < 0)
        {
            errno = Marshal.GetLastPInvokeError();
            return new Descriptor(-1);
        }

        byte* address = stackalloc byte[16]; // struct sockaddr_in
        var span = new Span<byte>(address, 16);
        span.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(span, 2);
        BinaryPrimitives.WriteUInt16BigEndian(span[2..], port);
        BinaryPrimitives.WriteUInt32BigEndian(span[4..], 0x7f000001);
        errno = SocketCalls.Connect(fd, address, 16) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return new Descriptor(fd);
    }

    /// <summary>Why a connection that was in progress failed; 0 when it stands (SO_ERROR).</summary>
    public static int PendingError(int fd)
    {
        int error = 0;
        uint length = 4;
        return SocketCalls.GetOption(fd, 1, 4, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>Sends without waiting and without SIGPIPE (send(2)).</summary>
    /// <returns>Bytes sent, or −errno.</returns>
    public static int Send(int fd, ReadOnlySpan<byte> source)
    {
        fixed (byte* start = source)
        {
            nint count;
            do
                count = SocketCalls.Send(fd, start, source.Length, 0x4040); // MSG_NOSIGNAL|MSG_DONTWAIT
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
        }
    }

    /// <summary>Sends the end of the stream; the other direction stays (shutdown(2), SHUT_WR).</summary>
    public static void ShutdownSend(int fd) => SocketCalls.Shutdown(fd, 1);

    /// <summary>Sends each write at once instead of waiting for more (TCP_NODELAY).</summary>
    public static void SetNoDelay(int fd)
    {
        int on = 1;
        SocketCalls.SetOption(fd, 6, 1, &on, 4);
    }

    private static (Descriptor One, Descriptor Other) Pair(int type)
    {
        int* ends = stackalloc int[2];
        if (SocketCalls.SocketPair(1, type | OpenFlags.O_CLOEXEC, 0, ends) != 0)
            throw new LinuxException("socketpair", "", Marshal.GetLastPInvokeError());
        return (new Descriptor(ends[0]), new Descriptor(ends[1]));
    }
}
