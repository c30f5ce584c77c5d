namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>AUDIT_ARCH_* of linux/audit.h: the ELF machine with bits for 64-bit (0x80000000) and little-endian (0x40000000).</summary>
public static class AuditArchitecture
{
    /// <summary>AUDIT_ARCH_X86_64; x32 programs carry it too and differ by <see cref="X32Bit"/>.</summary>
    public const uint X64 = 0xC000003E;

    /// <summary>AUDIT_ARCH_I386.</summary>
    public const uint I386 = 0x40000003;

    /// <summary>AUDIT_ARCH_AARCH64.</summary>
    public const uint Arm64 = 0xC00000B7;

    /// <summary>AUDIT_ARCH_ARM.</summary>
    public const uint Arm = 0x40000028;

    /// <summary>__X32_SYSCALL_BIT of asm/unistd.h, set in the number of an x32 call.</summary>
    public const uint X32Bit = 0x40000000;

    /// <summary>The constant of an architecture that filters are made for.</summary>
    public static uint Of(CpuArchitecture architecture) => architecture == CpuArchitecture.X64 ? X64 : Arm64;
}
