using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sandboxing;

/// <summary>A set of Landlock rules this process and all it starts will live under (landlock(7)).</summary>
public sealed unsafe class LandlockRuleset : IDisposable
{
    /// <summary>LANDLOCK_ACCESS_FS_EXECUTE.</summary>
    public const ulong Execute = 1UL << 0;

    /// <summary>LANDLOCK_ACCESS_FS_WRITE_FILE.</summary>
    public const ulong WriteFile = 1UL << 1;

    /// <summary>LANDLOCK_ACCESS_FS_READ_FILE.</summary>
    public const ulong ReadFile = 1UL << 2;

    /// <summary>LANDLOCK_ACCESS_FS_READ_DIR.</summary>
    public const ulong ReadDirectory = 1UL << 3;

    /// <summary>LANDLOCK_ACCESS_FS_IOCTL_DEV (ABI 5).</summary>
    public const ulong DeviceIoControl = 1UL << 15;

    // What can be allowed on something that is no directory: EXECUTE, WRITE_FILE, READ_FILE, TRUNCATE, IOCTL_DEV.
    private const ulong FileAccesses = Execute | WriteFile | ReadFile | (1UL << 14) | DeviceIoControl;

    private readonly Descriptor _ruleset;

    private LandlockRuleset(Descriptor ruleset, int abi)
    {
        _ruleset = ruleset;
        Abi = abi;
    }

    /// <summary>The kernel's ABI version.</summary>
    public int Abi { get; }

    /// <summary>The file system accesses the kernel's ABI knows, which the rules are about.</summary>
    private ulong Handled => HandledBy(Abi);

    /// <summary>The kernel's Landlock ABI; 0 where it has none or it is off.</summary>
    public static int KernelAbi()
    {
        nint abi = ProcessCalls.SysCall(SysCallNumbers.LandlockCreateRuleset, 0, 0, 1, 0, 0); // LANDLOCK_CREATE_RULESET_VERSION
        return abi < 0 ? 0 : (int)abi;
    }

    /// <summary>
    /// Makes a set that denies every file access the kernel knows, and from ABI 6 signals and abstract sockets beyond the domain.
    /// </summary>
    /// <exception cref="LinuxException">The kernel has no Landlock.</exception>
    public static LandlockRuleset Create()
    {
        int abi = KernelAbi();

        // struct landlock_ruleset_attr: handled_access_fs, handled_access_net (none: TCP rules break local servers), scoped.
        ulong* attributes = stackalloc ulong[3] { HandledBy(abi), 0, abi >= 6 ? 3UL : 0 };
        nint size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
        nint fd = ProcessCalls.SysCall(SysCallNumbers.LandlockCreateRuleset, (nint)attributes, size, 0, 0, 0);
        if (fd < 0)
            throw new LinuxException("landlock_create_ruleset", "", Marshal.GetLastPInvokeError());
        return new LandlockRuleset(new Descriptor((int)fd), abi);
    }

    /// <summary>Allows accesses beneath a path. Bits the kernel does not know, and directory bits on a file, are dropped.</summary>
    /// <returns>0, or −errno; −ENOENT for a path that is not there.</returns>
    public int Allow(string path, ulong access)
    {
        int fd;
        fixed (byte* name = DescriptorIo.Terminated(path))
            fd = FileCalls.OpenAt(OpenFlags.AT_FDCWD, name, OpenFlags.O_PATH | OpenFlags.O_CLOEXEC, 0);
        if (fd < 0)
            return -Marshal.GetLastPInvokeError();
        using var parent = new Descriptor(fd);
        int error = FileStatus.TryRead(fd, "", followLinks: false, out FileStatus status);
        if (error != 0)
            return error;
        ulong allowed = access & Handled & (status.IsDirectory ? ulong.MaxValue : FileAccesses);
        if (allowed == 0)
            return 0;

        // struct landlock_path_beneath_attr is packed: u64 allowed_access, s32 parent_fd.
        byte* attributes = stackalloc byte[12];
        *(ulong*)attributes = allowed;
        *(int*)(attributes + 8) = fd;
        nint result = ProcessCalls.SysCall(SysCallNumbers.LandlockAddRule, _ruleset.Number, 1, (nint)attributes, 0, 0); // LANDLOCK_RULE_PATH_BENEATH
        return result == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Enters the domain; there is no way out. Needs no_new_privs.</summary>
    /// <exception cref="LinuxException">Refused.</exception>
    public void Enter()
    {
        if (ProcessCalls.SysCall(SysCallNumbers.LandlockRestrictSelf, _ruleset.Number, 0, 0, 0, 0) != 0)
            throw new LinuxException("landlock_restrict_self", "", Marshal.GetLastPInvokeError());
    }

    /// <inheritdoc/>
    public void Dispose() => _ruleset.Dispose();

    // ABI 1 knows bits 0 to 12; 2 adds REFER, 3 TRUNCATE, 5 IOCTL_DEV.
    private static ulong HandledBy(int abi) => abi switch
    {
        <= 0 => 0,
        1 => (1UL << 13) - 1,
        2 => (1UL << 14) - 1,
        3 or 4 => (1UL << 15) - 1,
        _ => (1UL << 16) - 1,
    };
}
