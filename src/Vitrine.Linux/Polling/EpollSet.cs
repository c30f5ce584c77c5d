using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Polling;

/// <summary>Waits for many descriptors at once, level-triggered (epoll(7)).</summary>
public sealed unsafe class EpollSet : IDisposable
{
    // struct epoll_event is packed on x86-64 only (epoll_event(3type)).
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int TokenOffset = EventSize - 8;
    private readonly Descriptor _set;

    /// <summary>Makes an empty set.</summary>
    /// <exception cref="LinuxException">No descriptors are left.</exception>
    public EpollSet()
    {
        int fd = SocketCalls.EpollCreate(OpenFlags.O_CLOEXEC);
        _set = fd >= 0 ? new Descriptor(fd) : throw new LinuxException("epoll_create1", "", Marshal.GetLastPInvokeError());
    }

    /// <summary>Adds a descriptor.</summary>
    /// <exception cref="LinuxException">It is in already, or cannot be polled (a regular file: EPERM).</exception>
    public void Add(int fd, PollEvents events, ulong token) => Change(1, fd, events, token);

    /// <summary>Changes what a descriptor is waited for.</summary>
    /// <exception cref="LinuxException">It is not in.</exception>
    public void Modify(int fd, PollEvents events, ulong token) => Change(3, fd, events, token);

    /// <summary>Takes a descriptor out; before it is closed, since a duplicate elsewhere would keep it in.</summary>
    public void Remove(int fd)
    {
        byte unused;
        SocketCalls.EpollControl(_set.Number, 2, fd, &unused);
    }

    /// <summary>Waits until something is ready.</summary>
    /// <param name="ready">Receives what is ready.</param>
    /// <param name="timeoutMilliseconds">−1 for no end.</param>
    /// <returns>How many entries were filled; 0 at the time-out and when a signal came.</returns>
    /// <exception cref="LinuxException">The set is broken.</exception>
    public int Wait(Span<ReadyEvent> ready, int timeoutMilliseconds)
    {
        int capacity = Math.Min(ready.Length, 64);
        byte* buffer = stackalloc byte[64 * 16];
        int count = SocketCalls.EpollWait(_set.Number, buffer, capacity, timeoutMilliseconds);
        if (count < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno == Errno.EINTR ? 0 : throw new LinuxException("epoll_wait", "", errno);
        }

        for (int i = 0; i < count; i++)
        {
            var one = new ReadOnlySpan<byte>(buffer + (i * EventSize), EventSize);
            ready[i] = new ReadyEvent((PollEvents)BinaryPrimitives.ReadUInt32LittleEndian(one), BinaryPrimitives.ReadUInt64LittleEndian(one[TokenOffset..]));
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _set.Dispose();

    private void Change(int operation, int fd, PollEvents events, ulong token)
    {
        byte* change = stackalloc byte[16];
        var span = new Span<byte>(change, 16);
        BinaryPrimitives.WriteUInt32LittleEndian(span, (uint)events);
        BinaryPrimitives.WriteUInt64LittleEndian(span[TokenOffset..], token);
        if (SocketCalls.EpollControl(_set.Number, operation, fd, change) != 0)
            throw new LinuxException("epoll_ctl", "", Marshal.GetLastPInvokeError());
    }
}
