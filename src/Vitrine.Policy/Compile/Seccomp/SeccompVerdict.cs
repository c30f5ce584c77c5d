using System.Globalization;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>What the kernel does with a system call: one SECCOMP_RET_* value of seccomp(2).</summary>
/// <param name="Value">The return value of the filter, action in the high half, data in the low.</param>
public readonly record struct SeccompVerdict(uint Value)
{
    private const uint ActionMask = 0xFFFF0000;
    private const uint ErrnoAction = 0x00050000;

    /// <summary>SECCOMP_RET_ALLOW: the call is executed.</summary>
    public static SeccompVerdict Allow { get; } = new(0x7FFF0000);

    /// <summary>SECCOMP_RET_KILL_PROCESS: the process ends as if by SIGSYS.</summary>
    public static SeccompVerdict Kill { get; } = new(0x80000000);

    /// <summary>The call is not executed and returns −<paramref name="errno"/>; with 0 it reports success without an effect.</summary>
    /// <param name="errno">0 to 4095 (the kernel's MAX_ERRNO).</param>
    public static SeccompVerdict Errno(int errno)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(errno);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(errno, 4095);
        return new(ErrnoAction | (uint)errno);
    }

    /// <summary>Whether the call is executed.</summary>
    public bool IsAllow => this == Allow;

    /// <summary>The errno returned instead of executing the call; null where the verdict is not of that kind.</summary>
    public int? ErrnoValue => (Value & ActionMask) == ErrnoAction ? (int)(Value & 0xFFFF) : null;

    /// <summary>The verdict in a word: `allow`, `kill`, `EPERM`, `no effect`.</summary>
    public override string ToString() => this == Allow ? "allow" : this == Kill ? "kill" : ErrnoValue switch
    {
        0 => "no effect",
        { } errno => Seccomp.Errno.NameOf(errno),
        null => "0x" + Value.ToString("x8", CultureInfo.InvariantCulture),
    };
}
