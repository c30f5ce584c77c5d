namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>
/// Classic BPF operations that a seccomp filter may use (linux/filter.h, linux/bpf_common.h; the kernel's list is seccomp_check_filter in
/// kernel/seccomp.c). Names follow the mnemonics of the BSD packet filter.
/// </summary>
public enum BpfOpcode : ushort
{
    /// <summary>A = the word of seccomp_data at byte k.</summary>
    LoadAbsolute = 0x20,

    /// <summary>A = 64, the length of seccomp_data.</summary>
    LoadLength = 0x80,

    /// <summary>X = 64, the length of seccomp_data.</summary>
    LoadLengthX = 0x81,

    /// <summary>A = k.</summary>
    LoadImmediate = 0x00,

    /// <summary>X = k.</summary>
    LoadImmediateX = 0x01,

    /// <summary>A = scratch[k].</summary>
    LoadMemory = 0x60,

    /// <summary>X = scratch[k].</summary>
    LoadMemoryX = 0x61,

    /// <summary>scratch[k] = A.</summary>
    Store = 0x02,

    /// <summary>scratch[k] = X.</summary>
    StoreX = 0x03,

    /// <summary>A += k.</summary>
    Add = 0x04,

    /// <summary>A += X.</summary>
    AddX = 0x0C,

    /// <summary>A −= k.</summary>
    Subtract = 0x14,

    /// <summary>A −= X.</summary>
    SubtractX = 0x1C,

    /// <summary>A *= k.</summary>
    Multiply = 0x24,

    /// <summary>A *= X.</summary>
    MultiplyX = 0x2C,

    /// <summary>A /= k; k is not 0.</summary>
    Divide = 0x34,

    /// <summary>A /= X; X = 0 returns 0, which kills.</summary>
    DivideX = 0x3C,

    /// <summary>A |= k.</summary>
    Or = 0x44,

    /// <summary>A |= X.</summary>
    OrX = 0x4C,

    /// <summary>A &amp;= k.</summary>
    And = 0x54,

    /// <summary>A &amp;= X.</summary>
    AndX = 0x5C,

    /// <summary>A &lt;&lt;= k.</summary>
    ShiftLeft = 0x64,

    /// <summary>A &lt;&lt;= X.</summary>
    ShiftLeftX = 0x6C,

    /// <summary>A &gt;&gt;= k.</summary>
    ShiftRight = 0x74,

    /// <summary>A &gt;&gt;= X.</summary>
    ShiftRightX = 0x7C,

    /// <summary>A = −A.</summary>
    Negate = 0x84,

    /// <summary>A ^= k.</summary>
    Xor = 0xA4,

    /// <summary>A ^= X.</summary>
    XorX = 0xAC,

    /// <summary>Jump k further.</summary>
    Jump = 0x05,

    /// <summary>A == k.</summary>
    JumpEqual = 0x15,

    /// <summary>A == X.</summary>
    JumpEqualX = 0x1D,

    /// <summary>A &gt; k, unsigned.</summary>
    JumpGreater = 0x25,

    /// <summary>A &gt; X, unsigned.</summary>
    JumpGreaterX = 0x2D,

    /// <summary>A &gt;= k, unsigned.</summary>
    JumpAtLeast = 0x35,

    /// <summary>A &gt;= X, unsigned.</summary>
    JumpAtLeastX = 0x3D,

    /// <summary>A &amp; k is not 0.</summary>
    JumpAnyBit = 0x45,

    /// <summary>A &amp; X is not 0.</summary>
    JumpAnyBitX = 0x4D,

    /// <summary>Return k.</summary>
    Return = 0x06,

    /// <summary>Return A.</summary>
    ReturnA = 0x16,

    /// <summary>X = A.</summary>
    CopyToX = 0x07,

    /// <summary>A = X.</summary>
    CopyFromX = 0x87,
}
