using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Paths;

/// <summary>Locks that end with their last open description, and so with their owner, however it dies.</summary>
public static class FileLock
{
    /// <summary>Opens a file to lock it, made if missing (0600).</summary>
    public static SafeFileHandle Open(string path)
    {
        int fd = PathCalls.open(path, PathCalls.O_RDWR | PathCalls.O_CREAT | PathCalls.O_CLOEXEC, 0x180);
        return fd < 0 ? throw LinuxException.Last("open", path) : new SafeFileHandle(fd, true);
    }

    /// <summary>Opens a directory to lock it.</summary>
    public static SafeFileHandle OpenDirectory(string path)
    {
        int fd = PathCalls.open(path, PathCalls.O_RDONLY | PathCalls.O_CLOEXEC, 0);
        return fd < 0 ? throw LinuxException.Last("open", path) : new SafeFileHandle(fd, true);
    }

    /// <summary>Takes the whole file for this description alone (flock(2)).</summary>
    /// <returns>False when another has it.</returns>
    public static bool TryExclusive(SafeFileHandle file) => Lock(file, PathCalls.LOCK_EX | PathCalls.LOCK_NB);

    /// <summary>Takes the whole file together with others; waits while one has it alone.</summary>
    public static void Shared(SafeFileHandle file) => Lock(file, PathCalls.LOCK_SH);

    /// <summary>Takes one byte of a file for this description alone (F_OFD_SETLK, fcntl(2)).</summary>
    /// <returns>False when another description has it.</returns>
    public static bool TryByte(SafeFileHandle file, long offset) => Byte(file, offset, PathCalls.F_WRLCK);

    /// <summary>Gives a byte back.</summary>
    public static void ReleaseByte(SafeFileHandle file, long offset) => Byte(file, offset, PathCalls.F_UNLCK);

    private static bool Lock(SafeFileHandle file, int operation)
    {
        while (PathCalls.flock(file, operation) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN)
                return false;
            if (errno != Errno.EINTR)
                throw new LinuxException("flock", "", errno);
        }

        return true;
    }

    private static unsafe bool Byte(SafeFileHandle file, long offset, short type)
    {
        var range = new PathCalls.FileLock { Type = type, Start = offset, Length = 1 };
        if (PathCalls.fcntl(file, PathCalls.F_OFD_SETLK, &range) == 0)
            return true;
        int errno = Marshal.GetLastPInvokeError();
        return errno is Errno.EAGAIN or Errno.EACCES ? false : throw new LinuxException("fcntl", "F_OFD_SETLK", errno);
    }
}
