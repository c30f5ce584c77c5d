using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Paths;

/// <summary>Kind and owner of a file, by statx(2).</summary>
/// <param name="Mode">Kind and permission bits of inode(7).</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
public readonly record struct PathStatus(int Mode, uint Uid, uint Gid)
{
    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & 0xF000) == 0x4000;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegularFile => (Mode & 0xF000) == 0x8000;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => (Mode & 0xF000) == 0xA000;

    /// <summary>Whether it is a Unix socket.</summary>
    public bool IsSocket => (Mode & 0xF000) == 0xC000;

    /// <summary>Reads the status of what a descriptor names.</summary>
    public static unsafe PathStatus Of(SafeFileHandle handle)
    {
        // struct statx: stx_uid at 20, stx_gid at 24, stx_mode at 28; 256 bytes in all.
        byte* buffer = stackalloc byte[256];
        return PathCalls.statx(handle, "", PathCalls.AT_EMPTY_PATH | PathCalls.AT_SYMLINK_NOFOLLOW, 0x1f, buffer) < 0
            ? throw LinuxException.Last("statx", "descriptor")
            : new PathStatus(*(ushort*)(buffer + 28), *(uint*)(buffer + 20), *(uint*)(buffer + 24));
    }
}
