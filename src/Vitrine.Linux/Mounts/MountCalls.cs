using System.Runtime.InteropServices;

namespace Vitrine.Linux.Mounts;

/// <summary>The mount calls by their man-page names. Numbers from 424 on are the same on every architecture (syscalls(2)).</summary>
internal static unsafe partial class MountCalls
{
    internal const long SYS_open_tree = 428;
    internal const long SYS_move_mount = 429;
    internal const long SYS_fsopen = 430;
    internal const long SYS_fsconfig = 431;
    internal const long SYS_fsmount = 432;
    internal const long SYS_mount_setattr = 442;

    internal const uint AT_EMPTY_PATH = 0x1000;
    internal const uint OPEN_TREE_CLONE = 1;
    internal const uint OPEN_TREE_CLOEXEC = 0x80000;
    internal const uint FSOPEN_CLOEXEC = 1;
    internal const uint FSMOUNT_CLOEXEC = 1;
    internal const uint FSCONFIG_SET_FLAG = 0;
    internal const uint FSCONFIG_SET_STRING = 1;
    internal const uint FSCONFIG_CMD_CREATE = 6;
    internal const uint MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    internal const uint MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    internal const ulong MOUNT_ATTR_IDMAP = 0x00100000;
    internal const int AT_FDCWD = -100;
    internal const nuint MS_REC = 0x4000;
    internal const nuint MS_PRIVATE = 1 << 18;
    internal const int MNT_DETACH = 2;
    internal const int UMOUNT_NOFOLLOW = 8;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long open_tree(long number, SafeHandle directory, string path, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long move_mount(long number, SafeHandle from, string fromPath, int to, string toPath, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long move_mount(long number, SafeHandle from, string fromPath, SafeHandle to, string toPath, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long fsopen(long number, string type, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long fsconfig(long number, SafeHandle context, uint command, string? key, string? value, int auxiliary);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long fsmount(long number, SafeHandle context, uint flags, uint attributes);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long mount_setattr(long number, SafeHandle directory, string path, uint flags, MountAttr* attr, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle fd, void* buffer, nint count);

    /// <summary>struct mount_attr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MountAttr
    {
        public ulong Set;
        public ulong Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }
}
