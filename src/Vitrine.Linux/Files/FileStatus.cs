using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Files;

/// <summary>What statx(2) says about a file.</summary>
/// <param name="Mode">Type and permission bits (inode(7)).</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedSeconds">Seconds since 1970-01-01T00:00:00Z of the last change of content.</param>
/// <param name="ModifiedNanoseconds">Nanoseconds within that second.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Device">Device number, major and minor.</param>
public readonly record struct FileStatus(
    ushort Mode, uint Uid, uint Gid, ulong Size, long ModifiedSeconds, uint ModifiedNanoseconds, ulong Inode, ulong Device)
{
    private const int TypeMask = 0xF000;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    /// <summary>Whether it is a symbolic link.</summary>
    public bool IsLink => (Mode & TypeMask) == 0xA000;

    /// <summary>
    /// Reads the status of <paramref name="name"/> below the directory <paramref name="directory"/>, or of that descriptor itself for an
    /// empty name.
    /// </summary>
    /// <returns>0, or −errno.</returns>
    public static unsafe int TryRead(int directory, string name, bool followLinks, out FileStatus status)
    {
        // struct statx is 256 bytes: mode at 28, uid 20, gid 24, ino 32, size 40, mtime 112, dev 136 (statx(2)).
        Span<byte> buffer = stackalloc byte[256];
        status = default;
        int flags = (name.Length == 0 ? OpenFlags.AT_EMPTY_PATH : 0) | (followLinks ? 0 : OpenFlags.AT_SYMLINK_NOFOLLOW);
        fixed (byte* path = DescriptorIo.Terminated(name))
        fixed (byte* start = buffer)
        {
            if (FileCalls.StatX(directory, path, flags, 0x7ff, start) != 0)
                return -Marshal.GetLastPInvokeError();
        }

        status = new FileStatus(
            BinaryPrimitives.ReadUInt16LittleEndian(buffer[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(buffer[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(buffer[112..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[120..]),
            BinaryPrimitives.ReadUInt64LittleEndian(buffer[32..]),
            ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(buffer[136..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(buffer[140..]));
        return 0;
    }
}
