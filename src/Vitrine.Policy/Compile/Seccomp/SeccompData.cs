using System.Runtime.CompilerServices;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>What a filter sees of a system call: `struct seccomp_data` of linux/seccomp.h, 64 bytes.</summary>
/// <param name="Number">System call number, as the register holds it.</param>
/// <param name="AuditArchitecture">AUDIT_ARCH_* of linux/audit.h.</param>
/// <param name="InstructionPointer">Where the call was made.</param>
/// <param name="Arguments">The six argument registers.</param>
public readonly record struct SeccompData(uint Number, uint AuditArchitecture, ulong InstructionPointer, SeccompArguments Arguments)
{
    /// <summary>Bytes.</summary>
    public const int Size = 64;

    /// <summary>Offset of the number.</summary>
    public const int NumberOffset = 0;

    /// <summary>Offset of the architecture.</summary>
    public const int ArchitectureOffset = 4;

    private const int PointerOffset = 8;
    private const int ArgumentsOffset = 16;

    /// <summary>Offset of the low 32 bits of an argument, on a little-endian machine.</summary>
    public static uint LowOffset(int argument) => ArgumentsOffset + (8 * (uint)argument);

    /// <summary>Offset of the high 32 bits of an argument, on a little-endian machine.</summary>
    public static uint HighOffset(int argument) => LowOffset(argument) + 4;

    /// <summary>The word at an offset.</summary>
    /// <param name="offset">A multiple of 4 below 64.</param>
    public uint WordAt(uint offset)
    {
        if (offset is NumberOffset)
            return Number;
        if (offset is ArchitectureOffset)
            return AuditArchitecture;
        var value = offset < ArgumentsOffset ? InstructionPointer : Arguments[(int)((offset - ArgumentsOffset) / 8)];
        return offset % 8 == 0 ? (uint)value : (uint)(value >> 32);
    }
}

/// <summary>The six arguments of a system call.</summary>
[InlineArray(6)]
public struct SeccompArguments
{
    private ulong _first;

    /// <summary>Arguments from the first on; the rest are 0.</summary>
    /// <param name="values">At most six.</param>
    public static SeccompArguments Of(params ReadOnlySpan<ulong> values)
    {
        SeccompArguments arguments = default;
        values.CopyTo(arguments);
        return arguments;
    }
}
