using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Paths;

/// <summary>Looks for Unix sockets below a directory: behind a writable mount they would be doors to host services (connect(2) needs no write to the mount).</summary>
public static unsafe class SocketScan
{
    private const int O_DIRECTORY = 0x10000;
    private const int O_NOFOLLOW = 0x20000;
    private const byte DT_UNKNOWN = 0;
    private const byte DT_DIR = 4;
    private const byte DT_SOCK = 12;
    private const int MaxDepth = 256;

    /// <summary>Finds the first socket. No link is followed; directories that vanish meanwhile are skipped.</summary>
    /// <param name="root">The directory, without mounts below it (a clone of one mount).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its path below the root, or null.</returns>
    /// <exception cref="LinuxException">A directory could not be read, or there are more than 256 levels.</exception>
    public static string? Find(SafeFileHandle root, CancellationToken cancellationToken)
    {
        byte* buffer = (byte*)NativeMemory.Alloc(BufferSize);
        try
        {
            using SafeFileHandle? directory = OpenDirectory(root, ".");
            return directory is null ? null : Find(directory, "", buffer, MaxDepth, cancellationToken);
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    private const int BufferSize = 32768;

    private static string? Find(SafeFileHandle directory, string prefix, byte* buffer, int depth, CancellationToken cancellationToken)
    {
        if (depth == 0)
            throw new LinuxException("openat", prefix, Errno.ELOOP);
        var below = new List<string>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            nint count = PathCalls.getdents64(directory, buffer, BufferSize);
            if (count < 0)
                throw LinuxException.Last("getdents64", prefix);
            if (count == 0)
                break;

            // struct linux_dirent64: length of the entry at 16, kind at 18, name from 19 (getdents64(2)).
            for (nint at = 0; at < count; at += *(ushort*)(buffer + at + 16))
            {
                string name = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + 19));
                byte kind = buffer[at + 18];
                if (kind == DT_SOCK)
                    return prefix + name;
                if (kind is DT_DIR or DT_UNKNOWN && name is not ("." or ".."))
                    below.Add(name);
            }
        }

        foreach (string name in below)
        {
            using SafeFileHandle? child = OpenDirectory(directory, name);
            if (child is null)
            {
                if (IsSocket(directory, name))
                    return prefix + name;
                continue;
            }

            if (Find(child, $"{prefix}{name}/", buffer, depth - 1, cancellationToken) is { } found)
                return found;
        }

        return null;
    }

    private static SafeFileHandle? OpenDirectory(SafeFileHandle directory, string name)
    {
        int fd = PathCalls.openat(directory, name, PathCalls.O_RDONLY | PathCalls.O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW, 0);
        if (fd >= 0)
            return new SafeFileHandle(fd, true);
        int errno = Marshal.GetLastPInvokeError();
        return errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP ? null : throw new LinuxException("openat", name, errno);
    }

    /// <summary>Only for file systems that do not tell kinds in directory entries.</summary>
    private static bool IsSocket(SafeFileHandle directory, string name)
    {
        int fd = PathCalls.openat(directory, name, PathCalls.O_PATH | PathCalls.O_CLOEXEC | O_NOFOLLOW, 0);
        if (fd < 0)
            return false;
        using var handle = new SafeFileHandle(fd, true);
        return PathStatus.Of(handle).IsSocket;
    }
}
