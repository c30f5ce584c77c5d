using System.Runtime.InteropServices;
using System.Text;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Files;

/// <summary>Names in directories, and changes to them. Each call returns 0 or −errno.</summary>
public static unsafe class DirectoryEntries
{
    /// <summary>
    /// Reads all names but `.` and `..`, in the order of their UTF-16 code units. Bytes that are no UTF-8 come out as U+FFFD.
    /// </summary>
    public static int TryReadNames(Descriptor directory, List<string> names)
    {
        byte[] buffer = new byte[16 * 1024];
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint length = ProcessCalls.SysCall(SysCallNumbers.GetDents, directory.Number, (nint)start, buffer.Length, 0, 0);
                if (length < 0)
                    return -Marshal.GetLastPInvokeError();
                if (length == 0)
                    break;
                for (nint at = 0; at < length; at += *(ushort*)(start + at + 16))
                {
                    ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start + at + 19);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                        names.Add(Encoding.UTF8.GetString(name));
                }
            }
        }

        names.Sort(StringComparer.Ordinal);
        return 0;
    }

    /// <summary>Makes a directory (mkdirat(2)).</summary>
    public static int MakeDirectory(Descriptor? directory, string name, ushort permissions)
    {
        fixed (byte* path = DescriptorIo.Terminated(name))
            return Result(FileCalls.MakeDirectoryAt(directory?.Number ?? OpenFlags.AT_FDCWD, path, permissions));
    }

    /// <summary>Removes a name that is no directory (unlinkat(2)).</summary>
    public static int RemoveFile(Descriptor directory, string name) => Unlink(directory, name, 0);

    /// <summary>Removes an empty directory (AT_REMOVEDIR).</summary>
    public static int RemoveDirectory(Descriptor directory, string name) => Unlink(directory, name, OpenFlags.AT_REMOVEDIR);

    /// <summary>Renames (renameat2(2)).</summary>
    /// <param name="from">The directory it is in.</param>
    /// <param name="name">Its name.</param>
    /// <param name="to">The directory it goes to.</param>
    /// <param name="newName">Its name there.</param>
    /// <param name="replace">Whether what has that name is replaced, in one step; otherwise that is EEXIST.</param>
    public static int Rename(Descriptor from, string name, Descriptor to, string newName, bool replace)
    {
        fixed (byte* source = DescriptorIo.Terminated(name))
        fixed (byte* target = DescriptorIo.Terminated(newName))
            return Result(FileCalls.RenameAt2(from.Number, source, to.Number, target, replace ? 0u : 1u)); // RENAME_NOREPLACE
    }

    /// <summary>Sets permission bits (fchmod(2)).</summary>
    public static int ChangeMode(Descriptor file, ushort permissions) => Result(FileCalls.ChangeMode(file.Number, permissions));

    /// <summary>Sets where the next read or write happens (lseek(2)).</summary>
    public static int Seek(Descriptor file, long offset) => FileCalls.Seek(file.Number, offset, 0) >= 0 ? 0 : -Marshal.GetLastPInvokeError();

    private static int Unlink(Descriptor directory, string name, int flags)
    {
        fixed (byte* path = DescriptorIo.Terminated(name))
            return Result(FileCalls.UnlinkAt(directory.Number, path, flags));
    }

    private static int Result(int result) => result == 0 ? 0 : -Marshal.GetLastPInvokeError();
}
