namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>One instruction of classic BPF: `struct sock_filter` of linux/filter.h, 8 bytes.</summary>
/// <param name="Code">What is done.</param>
/// <param name="True">How many instructions a conditional jump skips where its test holds.</param>
/// <param name="False">How many it skips where it does not.</param>
/// <param name="K">Operand.</param>
public sealed record BpfInstruction(BpfOpcode Code, byte True, byte False, uint K)
{
    /// <summary>An instruction that does not jump by condition.</summary>
    public static BpfInstruction Plain(BpfOpcode code, uint k) => new(code, 0, 0, k);

    /// <summary>Ends the program with a verdict.</summary>
    public static BpfInstruction Return(SeccompVerdict verdict) => new(BpfOpcode.Return, 0, 0, verdict.Value);

    /// <summary>Whether both <see cref="True"/> and <see cref="False"/> have a meaning.</summary>
    public bool IsConditionalJump => Code != BpfOpcode.Jump && ((ushort)Code & 7) == 5;
}
