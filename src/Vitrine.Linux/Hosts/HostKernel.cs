using System.Runtime.InteropServices;

namespace Vitrine.Linux.Hosts;

/// <summary>What the running kernel says of itself.</summary>
public static partial class HostKernel
{
    /// <summary>The kernel's Landlock ABI (landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION).</summary>
    /// <returns>The version from 1 on; 0 where Landlock is not built in or not switched on.</returns>
    public static int LandlockAbi()
    {
        nint version = Syscall(SYS_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION);
        return version < 0 ? 0 : (int)version;
    }

    /// <summary>Effective user id of this process (geteuid(2)).</summary>
    public static uint EffectiveUserId() => GetEuid();

    // The same number on x86-64 and arm64: it is from after the tables were unified.
    private const nint SYS_landlock_create_ruleset = 444;
    private const nint LANDLOCK_CREATE_RULESET_VERSION = 1;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEuid();

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Syscall(nint number, nint first, nint second, nint third);
}
