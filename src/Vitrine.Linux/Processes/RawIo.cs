using System.Runtime.InteropServices;

namespace Vitrine.Linux.Processes;

/// <summary>read(2) and write(2) as they are: for pipes and kernel files, where a position has no meaning and one call is one message.</summary>
public static unsafe partial class RawIo
{
    /// <summary>Writes with one call.</summary>
    /// <exception cref="LinuxException">Not written, or only in part.</exception>
    public static void Write(SafeHandle descriptor, ReadOnlySpan<byte> bytes, string name)
    {
        fixed (byte* start = bytes)
        {
            nint count;
            do
                count = write(descriptor, start, bytes.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (count < 0)
                throw LinuxException.Last("write", name);
            if (count != bytes.Length)
                throw new LinuxException($"write({name}): only {count} of {bytes.Length} bytes were taken");
        }
    }

    /// <summary>Reads what is there, waiting for it.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    /// <exception cref="LinuxException">Not readable.</exception>
    public static int Read(SafeHandle descriptor, Span<byte> buffer, string name)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
                count = read(descriptor, start, buffer.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return count < 0 ? throw LinuxException.Last("read", name) : (int)count;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeHandle fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeHandle fd, byte* buffer, nint count);
}
