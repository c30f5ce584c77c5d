using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Polling;

/// <summary>Waits for one or two descriptors without a set (poll(2)).</summary>
public static unsafe class PollPair
{
    /// <summary>Waits until one of them can be read, or hung up.</summary>
    /// <param name="first">A descriptor.</param>
    /// <param name="second">Another; −1 for none.</param>
    /// <param name="timeoutMilliseconds">−1 for no end.</param>
    /// <returns>Bit 0 for the first, bit 1 for the second; 0 at the time-out and when a signal came.</returns>
    /// <exception cref="LinuxException">A descriptor is broken.</exception>
    public static int WaitReadable(int first, int second, int timeoutMilliseconds)
    {
        SocketCalls.PollEntry* entries = stackalloc SocketCalls.PollEntry[2];
        entries[0] = new SocketCalls.PollEntry { Descriptor = first, Events = 1 };
        entries[1] = new SocketCalls.PollEntry { Descriptor = second, Events = 1 };
        int count = SocketCalls.Poll(entries, 2, timeoutMilliseconds);
        if (count < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno == Errno.EINTR ? 0 : throw new LinuxException("poll", "", errno);
        }

        return (entries[0].Returned != 0 ? 1 : 0) | (entries[1].Returned != 0 ? 2 : 0);
    }

    /// <summary>Waits until a descriptor can be read or written.</summary>
    /// <returns>Whether it can; false at the time-out and when a signal came.</returns>
    /// <exception cref="LinuxException">The descriptor is broken.</exception>
    public static bool Wait(int fd, PollEvents events, int timeoutMilliseconds)
    {
        var entry = new SocketCalls.PollEntry { Descriptor = fd, Events = (short)events };
        int count = SocketCalls.Poll(&entry, 1, timeoutMilliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
            throw new LinuxException("poll", "", Marshal.GetLastPInvokeError());
        return count > 0;
    }
}
