using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Paths;

/// <summary>Fills a fresh directory tree that nobody else can reach yet, each entry with its owner. Paths are relative and without links.</summary>
/// <param name="root">The directory; not closed here.</param>
/// <param name="uid">Owner of new entries.</param>
/// <param name="gid">Group of new entries.</param>
public sealed class TreeBuilder(SafeFileHandle root, uint uid, uint gid)
{
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);

    /// <summary>Gives the root itself owner and permission bits.</summary>
    public void Root(uint mode) => Own(".", mode);

    /// <summary>Makes a directory and those above it (0755); nothing where it was made before.</summary>
    public void Directory(string path, uint mode = 0x1ED)
    {
        if (path.Length == 0 || !_made.Add(path))
            return;
        int slash = path.LastIndexOf('/');
        if (slash > 0)
            Directory(path[..slash]);
        if (PathCalls.mkdirat(root, path, mode) < 0)
            throw LinuxException.Last("mkdirat", path);
        Own(path, mode);
    }

    /// <summary>Makes a file with content.</summary>
    public unsafe void File(string path, ReadOnlySpan<byte> content, uint mode = 0x1A4)
    {
        Parent(path);
        int fd = PathCalls.openat(root, path, PathCalls.O_RDWR | PathCalls.O_CREAT | PathCalls.O_CLOEXEC, mode);
        if (fd < 0)
            throw LinuxException.Last("openat", path);
        using var file = new SafeFileHandle(fd, true);
        fixed (byte* bytes = content)
        {
            for (nint done = 0; done < content.Length;)
            {
                nint count = PathCalls.write(file, bytes + done, content.Length - done);
                if (count < 0)
                    throw LinuxException.Last("write", path);
                done += count;
            }
        }

        Own(path, mode);
    }

    /// <summary>Makes a file with text.</summary>
    public void File(string path, string content, uint mode = 0x1A4) => File(path, Encoding.UTF8.GetBytes(content), mode);

    /// <summary>Makes a symbolic link.</summary>
    public void Link(string path, string target)
    {
        Parent(path);
        if (PathCalls.symlinkat(target, root, path) < 0)
            throw LinuxException.Last("symlinkat", path);
        if (PathCalls.fchownat(root, path, uid, gid, PathCalls.AT_SYMLINK_NOFOLLOW) < 0)
            throw LinuxException.Last("fchownat", path);
    }

    /// <summary>Makes a character device (0666).</summary>
    public void Device(string path, uint major, uint minor)
    {
        if (PathCalls.mknodat(root, path, 0x2000 | 0x1B6, ((ulong)major << 8) | minor) < 0)
            throw LinuxException.Last("mknodat", path);
        Own(path, 0x1B6);
    }

    /// <summary>Hides what lower layers of an overlay hold in a directory made here.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="attribute">`trusted.overlay.opaque`, or `user.overlay.opaque` for an overlay that is mounted with `userxattr`.</param>
    public unsafe void Opaque(string path, string attribute = "trusted.overlay.opaque")
    {
        int fd = PathCalls.openat(root, path, PathCalls.O_RDONLY | PathCalls.O_CLOEXEC, 0);
        if (fd < 0)
            throw LinuxException.Last("openat", path);
        using var directory = new SafeFileHandle(fd, true);
        byte yes = (byte)'y';
        if (PathCalls.fsetxattr(directory, attribute, &yes, 1, 0) < 0)
            throw LinuxException.Last("fsetxattr", path);
    }

    private void Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        if (slash > 0)
            Directory(path[..slash]);
    }

    /// <summary>chmod after chown: the umask took bits away, and chown clears others (chown(2)).</summary>
    private void Own(string path, uint mode)
    {
        if (PathCalls.fchownat(root, path, uid, gid, 0) < 0)
            throw LinuxException.Last("fchownat", path);
        if (PathCalls.fchmodat(root, path, mode, 0) < 0)
            throw LinuxException.Last("fchmodat", path);
    }
}
