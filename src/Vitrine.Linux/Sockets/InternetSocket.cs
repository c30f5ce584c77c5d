using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sockets;

/// <summary>An IPv4 address and a port.</summary>
/// <param name="Address">The address as a number: 198.18.0.1 is 0xC6120001.</param>
/// <param name="Port">The port.</param>
public readonly record struct InternetAddress(uint Address, ushort Port);

/// <summary>IPv4 sockets that listen, without the framework's own poll threads. All are non-blocking and close-on-exec.</summary>
public static unsafe class InternetSocket
{
    private const int AF_INET = 2;
    private const int SOCK_STREAM = 1;
    private const int SOCK_DGRAM = 2;
    private const int SOL_IP = 0;
    private const int SO_ORIGINAL_DST = 80;
    private const int SOL_SOCKET = 1;
    private const int SO_LINGER = 13;
    private const int AddressSize = 16; // struct sockaddr_in

    /// <summary>Listens for TCP connections (listen(2)). Nobody else can bind the port then: neither side says SO_REUSEPORT.</summary>
    /// <param name="address">Where.</param>
    /// <param name="backlog">Connections that may wait to be accepted.</param>
    /// <exception cref="LinuxException">The address is not this machine's, or the port is taken.</exception>
    public static Descriptor Listen(InternetAddress address, int backlog)
    {
        Descriptor socket = Bound(SOCK_STREAM, address);
        if (SocketCalls.Listen(socket.Number, backlog) == 0)
            return socket;
        LinuxException error = LinuxException.Last("listen", Text(address));
        socket.Dispose();
        throw error;
    }

    /// <summary>Takes UDP datagrams.</summary>
    /// <exception cref="LinuxException">The address is not this machine's, or the port is taken.</exception>
    public static Descriptor BindDatagrams(InternetAddress address) => Bound(SOCK_DGRAM, address);

    /// <summary>Takes a connection that waits (accept(2)).</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="errno">0, EAGAIN when none waits, or why not.</param>
    public static Descriptor Accept(int listener, out int errno)
    {
        int fd = SocketCalls.Accept(listener, null, null, OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK);
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        return new Descriptor(fd);
    }

    /// <summary>Where an accepted connection went before a rule of the kernel's led it here (nf_tables, `dnat`).</summary>
    /// <returns>False when the kernel does not know.</returns>
    public static bool TryOriginalDestination(int fd, out InternetAddress address)
    {
        byte* bytes = stackalloc byte[AddressSize];
        uint length = AddressSize;
        bool known = SocketCalls.GetOption(fd, SOL_IP, SO_ORIGINAL_DST, bytes, &length) == 0;
        address = known ? Read(new ReadOnlySpan<byte>(bytes, AddressSize)) : default;
        return known;
    }

    /// <summary>Has close(2) reset the connection instead of ending it (SO_LINGER of 0 seconds).</summary>
    public static void ResetOnClose(int fd)
    {
        long linger = 1; // struct linger: on, 0 seconds
        SocketCalls.SetOption(fd, SOL_SOCKET, SO_LINGER, &linger, 8);
    }

    /// <summary>Takes a datagram; what does not fit is cut.</summary>
    /// <param name="fd">The socket.</param>
    /// <param name="buffer">Receives it.</param>
    /// <param name="sender">Who sent it.</param>
    /// <returns>Its bytes, or −errno.</returns>
    public static int Receive(int fd, Span<byte> buffer, out InternetAddress sender)
    {
        byte* address = stackalloc byte[AddressSize];
        uint length = AddressSize;
        fixed (byte* start = buffer)
        {
            nint count = SocketCalls.ReceiveFrom(fd, start, buffer.Length, 0, address, &length);
            sender = count < 0 ? default : Read(new ReadOnlySpan<byte>(address, AddressSize));
            return count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
        }
    }

    /// <summary>Sends a datagram; it is lost where there is no room for it.</summary>
    /// <returns>0, or −errno.</returns>
    public static int Send(int fd, ReadOnlySpan<byte> datagram, InternetAddress to)
    {
        byte* address = stackalloc byte[AddressSize];
        Write(new Span<byte>(address, AddressSize), to);
        fixed (byte* start = datagram)
            return SocketCalls.SendTo(fd, start, datagram.Length, 0, address, AddressSize) < 0 ? -Marshal.GetLastPInvokeError() : 0;
    }

    private static Descriptor Bound(int type, InternetAddress address)
    {
        int fd = SocketCalls.Socket(AF_INET, type | OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK, 0);
        if (fd < 0)
            throw LinuxException.Last("socket", "AF_INET");
        byte* bytes = stackalloc byte[AddressSize];
        Write(new Span<byte>(bytes, AddressSize), address);
        if (SocketCalls.Bind(fd, bytes, AddressSize) == 0)
            return new Descriptor(fd);
        LinuxException error = LinuxException.Last("bind", Text(address));
        new Descriptor(fd).Dispose();
        throw error;
    }

    private static void Write(Span<byte> bytes, InternetAddress address)
    {
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)AF_INET);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], address.Port);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], address.Address);
    }

    private static InternetAddress Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));

    private static string Text(InternetAddress address) =>
        FormattableString.Invariant($"{address.Address >> 24}.{(address.Address >> 16) & 255}.{(address.Address >> 8) & 255}.{address.Address & 255}:{address.Port}");
}
