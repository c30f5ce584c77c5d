using System.Runtime.InteropServices;
using System.Text;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Files;

/// <summary>
/// Reading, writing and arranging descriptors. Calls in hot paths return a count, or the error number negated, instead of throwing.
/// </summary>
public static unsafe class DescriptorIo
{
    /// <summary>Reads up to the length of <paramref name="target"/> (read(2)).</summary>
    /// <returns>Bytes read, 0 at the end, or −errno.</returns>
    public static int Read(int fd, Span<byte> target)
    {
        fixed (byte* start = target)
        {
            nint count;
            do
                count = FileCalls.Read(fd, start, target.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
        }
    }

    /// <summary>Writes from <paramref name="source"/> (write(2)).</summary>
    /// <returns>Bytes written, which may be fewer, or −errno.</returns>
    public static int Write(int fd, ReadOnlySpan<byte> source)
    {
        fixed (byte* start = source)
        {
            nint count;
            do
                count = FileCalls.Write(fd, start, source.Length);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            return count < 0 ? -Marshal.GetLastPInvokeError() : (int)count;
        }
    }

    /// <summary>Writes all of <paramref name="source"/> to a blocking descriptor.</summary>
    /// <returns>0, or −errno.</returns>
    public static int WriteAll(int fd, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int count = Write(fd, source);
            if (count < 0)
                return count;
            source = source[count..];
        }

        return 0;
    }

    /// <summary>Opens an existing path for the runtime's own use, close-on-exec (open(2)).</summary>
    /// <returns>The descriptor; invalid when it could not be opened, with the reason in <paramref name="errno"/>.</returns>
    public static Descriptor Open(string path, FileAccess access, out int errno)
    {
        int flags = OpenFlags.O_CLOEXEC | OpenFlags.O_NOCTTY | access switch
        {
            FileAccess.Write => OpenFlags.O_WRONLY,
            FileAccess.ReadWrite => OpenFlags.O_RDWR,
            _ => OpenFlags.O_RDONLY,
        };
        fixed (byte* name = Terminated(path))
        {
            int fd;
            do
                fd = FileCalls.OpenAt(OpenFlags.AT_FDCWD, name, flags, 0);
            while (fd < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
            return new Descriptor(fd);
        }
    }

    /// <summary>
    /// Duplicates a descriptor to the lowest free number from <paramref name="minimum"/> up, close-on-exec (F_DUPFD_CLOEXEC).
    /// </summary>
    /// <exception cref="LinuxException">It is not open, or the limit of open files is below <paramref name="minimum"/>.</exception>
    public static Descriptor DuplicateFrom(int fd, int minimum)
    {
        int copy = FileCalls.Control(fd, OpenFlags.F_DUPFD_CLOEXEC, minimum);
        return copy >= 0 ? new Descriptor(copy) : throw new LinuxException("fcntl", "F_DUPFD_CLOEXEC", Marshal.GetLastPInvokeError());
    }

    /// <summary>Makes <paramref name="target"/> mean what <paramref name="fd"/> means, open across execve(2) (dup2(2)).</summary>
    /// <exception cref="LinuxException"><paramref name="fd"/> is not open.</exception>
    public static void Replace(int fd, int target)
    {
        if (FileCalls.Duplicate(fd, target, 0) < 0)
            throw new LinuxException("dup3", "", Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Makes reads and writes return EAGAIN instead of waiting. It is a property of the open file, shared by its duplicates.
    /// </summary>
    /// <exception cref="LinuxException">It is not open.</exception>
    public static void SetNonBlocking(int fd)
    {
        int flags = FileCalls.Control(fd, OpenFlags.F_GETFL, 0);
        if (flags < 0 || FileCalls.Control(fd, OpenFlags.F_SETFL, flags | OpenFlags.O_NONBLOCK) < 0)
            throw new LinuxException("fcntl", "O_NONBLOCK", Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Closes every descriptor from <paramref name="first"/> to <paramref name="last"/> (close_range(2)); what a kernel without the call
    /// leaves open is close-on-exec anyway.
    /// </summary>
    public static void CloseRange(uint first, uint last) =>
        ProcessCalls.SysCall(SysCallNumbers.CloseRange, (nint)first, (nint)last, 0, 0, 0);

    /// <summary>Whether two descriptors are the same file: the same socket, say.</summary>
    public static bool SameFile(int one, int other)
    {
        FileStatus a, b;
        return FileStatus.TryRead(one, "", followLinks: false, out a) == 0
            && FileStatus.TryRead(other, "", followLinks: false, out b) == 0
            && a.Device == b.Device && a.Inode == b.Inode;
    }

    internal static byte[] Terminated(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
