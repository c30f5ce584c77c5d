using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sockets;

/// <summary>Messages over a Unix socket that carry descriptors (unix(7), SCM_RIGHTS).</summary>
public static unsafe class DescriptorMessage
{
    /// <summary>Most descriptors of one message.</summary>
    public const int MaxDescriptors = 4;

    // struct cmsghdr is 16 bytes on 64-bit Linux, then the descriptors, padded to 8.
    private const int HeaderSize = 16;
    private const int ControlSize = HeaderSize + (MaxDescriptors * 4);

    /// <summary>Sends one message with duplicates of the descriptors.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="payload">The message.</param>
    /// <param name="descriptors">At most <see cref="MaxDescriptors"/>.</param>
    /// <param name="wait">Whether to wait for room; otherwise −EAGAIN tells that there is none.</param>
    /// <returns>0, or −errno.</returns>
    public static int Send(int socket, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors, bool wait)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors);
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* start = payload)
        {
            var vector = new SocketCalls.IoVector { Base = start, Length = payload.Length };
            var message = new SocketCalls.MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (!descriptors.IsEmpty)
            {
                *(nint*)control = HeaderSize + (descriptors.Length * 4);
                ((int*)control)[2] = 1; // SOL_SOCKET
                ((int*)control)[3] = 1; // SCM_RIGHTS
                descriptors.CopyTo(new Span<int>(control + HeaderSize, descriptors.Length));
                message.Control = control;
                message.ControlLength = (HeaderSize + (descriptors.Length * 4) + 7) & ~7;
            }

            nint sent;
            do
                sent = SocketCalls.SendMessage(socket, &message, 0x4000 | (wait ? 0 : 0x40)); // MSG_NOSIGNAL, MSG_DONTWAIT
            while (sent < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return sent < 0 ? -Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Receives one message and the descriptors it carries, close-on-exec.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="buffer">Receives the payload; a longer message fails with EMSGSIZE.</param>
    /// <param name="descriptors">Receives up to <see cref="MaxDescriptors"/> descriptors; −1 where none came.</param>
    /// <param name="wait">Whether to wait for one.</param>
    /// <returns>Bytes of the payload, 0 when the peer is gone, or −errno.</returns>
    public static int Receive(int socket, Span<byte> buffer, Span<int> descriptors, bool wait)
    {
        descriptors.Fill(-1);
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* start = buffer)
        {
            var vector = new SocketCalls.IoVector { Base = start, Length = buffer.Length };
            var message = new SocketCalls.MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlSize };
            nint count;
            do
                count = SocketCalls.ReceiveMessage(socket, &message, 0x40000000 | (wait ? 0 : 0x40)); // MSG_CMSG_CLOEXEC, MSG_DONTWAIT
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (count < 0)
                return -Marshal.GetLastPInvokeError();
            if (message.ControlLength >= HeaderSize && ((int*)control)[2] == 1 && ((int*)control)[3] == 1)
            {
                int received = ((int)*(nint*)control - HeaderSize) / 4;
                for (int i = 0; i < received; i++)
                {
                    int fd = ((int*)(control + HeaderSize))[i];
                    if (i < descriptors.Length)
                        descriptors[i] = fd;
                    else
                        FileCalls.Close(fd);
                }
            }

            return (message.Flags & 0x20) != 0 ? -90 : (int)count; // MSG_TRUNC, EMSGSIZE
        }
    }
}
