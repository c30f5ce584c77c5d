using System.Runtime.InteropServices;
using System.Text;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Files;

/// <summary>
/// Opens paths that somebody else chose: never through a magic link of /proc, never waiting for a FIFO's other end, never taking a
/// terminal.
/// openat2(2) does it in one call; where a filter answers ENOSYS, each name is looked at before it is entered.
/// </summary>
public static unsafe class PathWalk
{
    private const ulong RESOLVE_NO_MAGICLINKS = 2;
    private const long PROC_SUPER_MAGIC = 0x9fa0;
    private const int MaxLinks = 40;
    private static bool s_noOpenAt2;

    /// <summary>Opens a path relative to a directory.</summary>
    /// <param name="directory">The directory; any when the path is absolute.</param>
    /// <param name="path">The path; empty names are refused.</param>
    /// <param name="mode">How.</param>
    /// <param name="permissions">Permission bits of what it creates, before the umask.</param>
    /// <param name="errno">Why not, when the result is invalid.</param>
    public static Descriptor Open(Descriptor? directory, string path, OpenMode mode, ushort permissions, out int errno)
    {
        int from = directory?.Number ?? OpenFlags.AT_FDCWD;
        if (!s_noOpenAt2)
        {
            Descriptor opened = OpenAt2(from, path, Flags(mode), Permissions(mode, permissions), out errno);
            if (errno != Errno.ENOSYS)
                return opened;
            s_noOpenAt2 = true;
        }

        return Walk(from, path, mode, permissions, out errno);
    }

    /// <summary>The same without openat2(2), as under a filter that answers ENOSYS to it.</summary>
    internal static Descriptor Walk(int directory, string path, OpenMode mode, ushort permissions, out int errno)
    {
        Descriptor at = OpenAt(directory, path.StartsWith('/') ? "/" : ".", OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, out errno);
        string rest = path;
        for (int links = 0; !at.IsInvalid;)
        {
            (string name, rest) = Split(rest);
            bool last = rest.Length == 0;
            if (name.Length == 0)
                return Finish(at, ".", mode, permissions, out errno);
            int status = FileStatus.TryRead(at.Number, name, followLinks: false, out FileStatus entry);
            if (status == 0 && entry.IsLink && !(last && mode.HasFlag(OpenMode.NoFollow)))
            {
                if (++links > MaxLinks || IsOnProc(at))
                    return Fail(at, Errno.ELOOP, out errno);
                int read = TryReadLink(at, name, out string target);
                if (read < 0)
                    return Fail(at, -read, out errno);
                rest = last ? target : target + "/" + rest;
                if (target.StartsWith('/'))
                    at = Replace(at, OpenAt(OpenFlags.AT_FDCWD, "/", OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, out errno));
                continue;
            }

            if (last)
                return Finish(at, name, mode | OpenMode.NoFollow, permissions, out errno);
            at = Replace(at, OpenAt(at.Number, name, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW, 0, out errno));
        }

        return at;
    }

    /// <summary>Where a link points.</summary>
    /// <returns>0, or −errno.</returns>
    public static int TryReadLink(Descriptor directory, string name, out string target)
    {
        byte* buffer = stackalloc byte[4096];
        fixed (byte* path = DescriptorIo.Terminated(name))
        {
            nint length = FileCalls.ReadLinkAt(directory.Number, path, buffer, 4096);
            target = length < 0 ? "" : Encoding.UTF8.GetString(buffer, (int)length);
            return length < 0 ? -Marshal.GetLastPInvokeError() : 0;
        }
    }

    private static int Flags(OpenMode mode)
    {
        int flags = OpenFlags.O_CLOEXEC;
        if (mode.HasFlag(OpenMode.NoFollow))
            flags |= OpenFlags.O_NOFOLLOW;
        if (mode.HasFlag(OpenMode.Directory))
            flags |= OpenFlags.O_DIRECTORY;
        if (mode.HasFlag(OpenMode.Place))
            return flags | OpenFlags.O_PATH;
        flags |= OpenFlags.O_NONBLOCK | OpenFlags.O_NOCTTY; // which openat2(2) refuses beside O_PATH
        if (mode.HasFlag(OpenMode.Write))
            flags |= OpenFlags.O_WRONLY;
        if (mode.HasFlag(OpenMode.Create))
            flags |= OpenFlags.O_CREAT;
        return mode.HasFlag(OpenMode.Exclusive) ? flags | OpenFlags.O_EXCL : flags;
    }

    // openat2(2) refuses a mode where nothing is created.
    private static uint Permissions(OpenMode mode, ushort permissions) => mode.HasFlag(OpenMode.Create) ? permissions : 0u;

    private static Descriptor OpenAt2(int directory, string path, int flags, uint permissions, out int errno)
    {
        ulong* how = stackalloc ulong[3] { (ulong)flags, permissions, RESOLVE_NO_MAGICLINKS };
        fixed (byte* name = DescriptorIo.Terminated(path))
        {
            nint fd;
            do
            {
                fd = ProcessCalls.SysCall(SysCallNumbers.OpenAt2, directory, (nint)name, (nint)how, 24, 0);
                errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (errno is Errno.EINTR or Errno.EAGAIN);
            return new Descriptor((int)fd);
        }
    }

    private static Descriptor OpenAt(int directory, string name, int flags, uint permissions, out int errno)
    {
        fixed (byte* path = DescriptorIo.Terminated(name))
        {
            int fd;
            do
                fd = FileCalls.OpenAt(directory, path, flags | OpenFlags.O_CLOEXEC, permissions);
            while (fd < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
            return new Descriptor(fd);
        }
    }

    private static (string Name, string Remainder) Split(string path)
    {
        path = path.TrimStart('/');
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (path, "") : (path[..slash], path[slash..].TrimStart('/'));
    }

    private static Descriptor Finish(Descriptor at, string name, OpenMode mode, ushort permissions, out int errno)
    {
        Descriptor opened = OpenAt(at.Number, name, Flags(mode), Permissions(mode, permissions), out errno);
        at.Dispose();
        return opened;
    }

    private static Descriptor Fail(Descriptor at, int reason, out int errno)
    {
        at.Dispose();
        errno = reason;
        return new Descriptor(-1);
    }

    private static Descriptor Replace(Descriptor old, Descriptor next)
    {
        old.Dispose();
        return next;
    }

    private static bool IsOnProc(Descriptor at)
    {
        long* status = stackalloc long[32]; // struct statfs is 120 bytes; f_type comes first
        return FileCalls.StatFileSystem(at.Number, status) == 0 && status[0] == PROC_SUPER_MAGIC;
    }
}
