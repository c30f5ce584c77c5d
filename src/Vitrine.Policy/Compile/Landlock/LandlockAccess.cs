namespace Vitrine.Policy.Compile.Landlock;

/// <summary>LANDLOCK_ACCESS_FS_* of linux/landlock.h, as landlock(7) lists them, and sets of them.</summary>
public static class LandlockAccess
{
    /// <summary>Execute a file.</summary>
    public const ulong Execute = 1 << 0;

    /// <summary>Open a file for writing.</summary>
    public const ulong WriteFile = 1 << 1;

    /// <summary>Open a file for reading.</summary>
    public const ulong ReadFile = 1 << 2;

    /// <summary>Open a directory or list it.</summary>
    public const ulong ReadDirectory = 1 << 3;

    /// <summary>Remove or rename an empty directory.</summary>
    public const ulong RemoveDirectory = 1 << 4;

    /// <summary>Unlink or rename a file.</summary>
    public const ulong RemoveFile = 1 << 5;

    /// <summary>Make, rename or link a character device.</summary>
    public const ulong MakeCharacterDevice = 1 << 6;

    /// <summary>Make or rename a directory.</summary>
    public const ulong MakeDirectory = 1 << 7;

    /// <summary>Make, rename or link a regular file.</summary>
    public const ulong MakeFile = 1 << 8;

    /// <summary>Make, rename or link a Unix socket.</summary>
    public const ulong MakeSocket = 1 << 9;

    /// <summary>Make, rename or link a FIFO.</summary>
    public const ulong MakeFifo = 1 << 10;

    /// <summary>Make, rename or link a block device.</summary>
    public const ulong MakeBlockDevice = 1 << 11;

    /// <summary>Make, rename or link a symbolic link.</summary>
    public const ulong MakeSymbolicLink = 1 << 12;

    /// <summary>Link or rename from or to another directory (ABI 2).</summary>
    public const ulong Refer = 1 << 13;

    /// <summary>truncate, ftruncate, creat, O_TRUNC (ABI 3).</summary>
    public const ulong Truncate = 1 << 14;

    /// <summary>ioctl on a device opened after the domain was entered (ABI 5).</summary>
    public const ulong DeviceControl = 1 << 15;

    /// <summary>Read and execute anything.</summary>
    public const ulong ReadAndExecute = Execute | ReadFile | ReadDirectory;

    /// <summary>Change what is below a directory: everything but devices and ioctls on them.</summary>
    public const ulong Change =
        WriteFile | RemoveDirectory | RemoveFile | MakeDirectory | MakeFile | MakeSocket | MakeFifo | MakeSymbolicLink | Refer | Truncate;

    /// <summary>The accesses a rule on something that is not a directory may name; the kernel answers EINVAL to others.</summary>
    public const ulong OnFiles = Execute | WriteFile | ReadFile | Truncate | DeviceControl;

    private const ulong FirstAbi = Refer - 1;

    /// <summary>All accesses that a kernel governs: what the domain handles, so that whatever no rule allows is refused.</summary>
    /// <param name="abi">What landlock_create_ruleset answers to LANDLOCK_CREATE_RULESET_VERSION, 1 or more; 0 or less where there is no
    /// Landlock.</param>
    public static ulong Handled(int abi) => abi switch
    {
        <= 0 => 0,
        1 => FirstAbi,
        2 => FirstAbi | Refer,
        3 or 4 => FirstAbi | Refer | Truncate,
        _ => FirstAbi | Refer | Truncate | DeviceControl,
    };
}
