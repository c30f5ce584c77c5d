using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Files;

/// <summary>What inotify(7) said.</summary>
/// <param name="Watch">The watched directory's number; −1 for an overflow.</param>
/// <param name="Mask">IN_* bits.</param>
/// <param name="Name">Name within it; empty when it is about the directory itself.</param>
public readonly record struct DirectoryChange(int Watch, uint Mask, string Name);

/// <summary>Changes of directories (inotify(7)).</summary>
public sealed unsafe class DirectoryWatch : IDisposable
{
    /// <summary>IN_CLOSE_WRITE: written and closed.</summary>
    public const uint Written = 0x8;

    /// <summary>IN_ATTRIB.</summary>
    public const uint Attributes = 0x4;

    /// <summary>IN_MODIFY.</summary>
    public const uint Modified = 0x2;

    /// <summary>IN_MOVED_FROM and IN_MOVED_TO.</summary>
    public const uint Moved = 0xC0;

    /// <summary>IN_MOVED_TO alone.</summary>
    public const uint MovedTo = 0x80;

    /// <summary>IN_CREATE.</summary>
    public const uint Created = 0x100;

    /// <summary>IN_DELETE.</summary>
    public const uint Removed = 0x200;

    /// <summary>IN_DELETE_SELF and IN_MOVE_SELF.</summary>
    public const uint Gone = 0xC00;

    /// <summary>IN_Q_OVERFLOW.</summary>
    public const uint Overflow = 0x4000;

    /// <summary>IN_IGNORED: the number is no longer watched.</summary>
    public const uint Ignored = 0x8000;

    /// <summary>IN_ISDIR: it is about a directory.</summary>
    public const uint IsDirectory = 0x40000000;

    private readonly Descriptor _queue;
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Makes an empty one.</summary>
    /// <exception cref="LinuxException">The user's limit of instances is reached.</exception>
    public DirectoryWatch()
    {
        int fd = FileCalls.InotifyInit(OpenFlags.O_CLOEXEC);
        _queue = fd >= 0 ? new Descriptor(fd) : throw new LinuxException("inotify_init1", "", Marshal.GetLastPInvokeError());
    }

    /// <summary>Watches an open directory.</summary>
    /// <returns>Its number, or −errno.</returns>
    public int Add(Descriptor directory)
    {
        // Our own descriptor's name leads to the directory that was opened, whatever its path means by now.
        string path = "/proc/self/fd/" + directory.Number.ToString(CultureInfo.InvariantCulture);
        fixed (byte* name = DescriptorIo.Terminated(path))
        {
            int watch = FileCalls.InotifyAddWatch(_queue.Number, name, Written | Attributes | Moved | Created | Removed | Gone | 0x1000000); // IN_ONLYDIR
            return watch >= 0 ? watch : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Waits for changes.</summary>
    /// <returns>0, or −errno.</returns>
    public int Read(List<DirectoryChange> changes)
    {
        changes.Clear();
        int length = DescriptorIo.Read(_queue.Number, _buffer);
        if (length < 0)
            return length;

        // struct inotify_event: s32 wd, u32 mask, u32 cookie, u32 len, then the name, padded with NUL.
        for (int at = 0; at < length;)
        {
            ReadOnlySpan<byte> one = _buffer.AsSpan(at);
            int size = BinaryPrimitives.ReadInt32LittleEndian(one[12..]);
            ReadOnlySpan<byte> name = one.Slice(16, size);
            int end = name.IndexOf((byte)0);
            changes.Add(new DirectoryChange(
                BinaryPrimitives.ReadInt32LittleEndian(one),
                BinaryPrimitives.ReadUInt32LittleEndian(one[4..]),
                System.Text.Encoding.UTF8.GetString(end < 0 ? name : name[..end])));
            at += 16 + size;
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();
}
