using Vitrine.Linux;
using Vitrine.Linux.Files;

namespace Vitrine.Guest.Files;

/// <summary>Paths as the host may ask for them, and the way to them.</summary>
internal static class FilePath
{
    private const int MaxLength = 4096;

    internal static void Check(string path)
    {
        if (!path.StartsWith('/'))
            throw new FileFault(Errno.EINVAL, "the path is not absolute; start it with /");
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new FileFault(Errno.EINVAL, "the path holds a NUL character; take it out");
        if (path.Length >= MaxLength)
            throw new FileFault(Errno.ENAMETOOLONG, "the path is longer than the 4,095 bytes the kernel takes");
    }

    internal static void CheckMode(ushort mode)
    {
        if ((mode & ~0b111_111_111) != 0)
            throw new FileFault(Errno.EPERM, "set-user-id, set-group-id and sticky bits are refused; use permission bits up to 0777");
    }

    /// <summary>Opens what a path leads to.</summary>
    internal static Descriptor Open(string path, OpenMode mode, ushort permissions = 0)
    {
        Descriptor opened = PathWalk.Open(null, path, mode, permissions, out int errno);
        return opened.IsInvalid ? throw new FileFault("openat2", path, errno) : opened;
    }

    /// <summary>Opens a regular file; anything else is refused before a byte of it is touched.</summary>
    internal static Descriptor OpenRegular(string path, OpenMode mode, ushort permissions = 0)
    {
        Descriptor opened = Open(path, mode, permissions);
        FileFault.Check("statx", path, FileStatus.TryRead(opened.Number, "", followLinks: false, out FileStatus status));
        if (status.IsRegular)
            return opened;
        opened.Dispose();
        throw status.IsDirectory
            ? new FileFault("openat2", path, Errno.EISDIR)
            : new FileFault(Errno.EINVAL, "openat2(" + path + "): it is a device, socket or FIFO; only regular files can be read and written");
    }

    /// <summary>Opens the directory a path's last name is in.</summary>
    internal static (Descriptor Parent, string Name) OpenParent(string path)
    {
        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        string name = trimmed[(slash + 1)..];
        if (name.Length == 0 || name is "." or "..")
            throw new FileFault(Errno.EINVAL, "the path " + path + " ends in no name of its own; name the file or directory itself");
        return (Open(slash <= 0 ? "/" : trimmed[..slash], OpenMode.Place | OpenMode.Directory), name);
    }
}
