using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sandboxing;

/// <summary>This thread's capabilities (capabilities(7)), as bit masks.</summary>
public static unsafe class Capabilities
{
    /// <summary>CAP_KILL.</summary>
    public const ulong Kill = 1UL << 5;

    /// <summary>CAP_SETGID.</summary>
    public const ulong SetGid = 1UL << 6;

    /// <summary>CAP_SETUID.</summary>
    public const ulong SetUid = 1UL << 7;

    /// <summary>CAP_SETPCAP.</summary>
    public const ulong SetPCap = 1UL << 8;

    /// <summary>CAP_SYS_PTRACE.</summary>
    public const ulong SysPtrace = 1UL << 19;

    /// <summary>Highest capability number a mask can hold.</summary>
    public const int Last = 63;

    private const uint Version3 = 0x20080522;

    /// <summary>The permitted set.</summary>
    /// <exception cref="LinuxException">The kernel refused to tell.</exception>
    public static ulong Permitted
    {
        get
        {
            uint* header = stackalloc uint[2] { Version3, 0 };
            uint* data = stackalloc uint[6];
            if (ProcessCalls.SysCall(SysCallNumbers.CapabilityGet, (nint)header, (nint)data, 0, 0, 0) != 0)
                throw new LinuxException("capget", "", Marshal.GetLastPInvokeError());
            return data[1] | ((ulong)data[4] << 32);
        }
    }

    /// <summary>
    /// Makes the permitted capabilities survive execve(2) of a program without file capabilities: inheritable and ambient. Whether all
    /// could.
    /// </summary>
    public static bool KeepAcrossExec()
    {
        ulong permitted = Permitted;
        Set(permitted, permitted, permitted);
        bool all = true;
        for (int capability = 0; capability <= Last; capability++)
        {
            if ((permitted & (1UL << capability)) != 0)
                all &= ProcessCalls.ProcessControl(47, 2, (nuint)capability, 0, 0) == 0; // PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE
        }

        return all;
    }

    private static void Set(ulong effective, ulong permitted, ulong inheritable)
    {
        uint* header = stackalloc uint[2] { Version3, 0 };
        uint* data = stackalloc uint[6]
        {
            (uint)effective, (uint)permitted, (uint)inheritable, (uint)(effective >> 32), (uint)(permitted >> 32), (uint)(inheritable >> 32),
        };
        if (ProcessCalls.SysCall(SysCallNumbers.CapabilitySet, (nint)header, (nint)data, 0, 0, 0) != 0)
            throw new LinuxException("capset", "", Marshal.GetLastPInvokeError());
    }
}
