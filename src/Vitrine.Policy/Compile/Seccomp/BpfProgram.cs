using System.Buffers.Binary;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>
/// A program the kernel would take as a seccomp filter: known operations, forward jumps that stay inside, a return at the end.
/// </summary>
public sealed class BpfProgram
{
    /// <summary>Most instructions of one filter: BPF_MAXINSNS of linux/bpf_common.h.</summary>
    public const int MaxInstructions = 4096;

    /// <summary>Bytes of one instruction.</summary>
    public const int InstructionSize = 8;

    private const int ScratchWords = 16;

    /// <summary>Checks the instructions as bpf_check_classic and seccomp_check_filter do.</summary>
    /// <param name="instructions">1 to 4,096 instructions.</param>
    /// <exception cref="ArgumentException">The kernel would refuse them; the message says which and why.</exception>
    public BpfProgram(IReadOnlyList<BpfInstruction> instructions)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        if (instructions.Count is 0 or > MaxInstructions)
            throw new ArgumentException($"a filter has 1 to {MaxInstructions} instructions, not {instructions.Count}",
                nameof(instructions));
        for (var i = 0; i < instructions.Count; i++)
        {
            if (FaultOf(instructions[i], instructions.Count - i - 1) is { } fault)
                throw new ArgumentException($"instruction {i} ({instructions[i]}): {fault}", nameof(instructions));
        }

        if (instructions[^1].Code is not (BpfOpcode.Return or BpfOpcode.ReturnA))
            throw new ArgumentException("the last instruction is not a return", nameof(instructions));
        Instructions = instructions;
    }

    /// <summary>The instructions.</summary>
    public IReadOnlyList<BpfInstruction> Instructions { get; }

    /// <summary>Reads a program as <see cref="ToBytes"/> wrote it.</summary>
    /// <exception cref="ArgumentException">The length is not that of whole instructions, or the kernel would refuse the
    /// program.</exception>
    public static BpfProgram Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % InstructionSize != 0)
            throw new ArgumentException($"{bytes.Length} bytes are not whole instructions of {InstructionSize}", nameof(bytes));
        var instructions = new BpfInstruction[bytes.Length / InstructionSize];
        for (var i = 0; i < instructions.Length; i++)
        {
            var at = bytes[(i * InstructionSize)..];
            instructions[i] = new(
                (BpfOpcode)BinaryPrimitives.ReadUInt16LittleEndian(at),
                at[2],
                at[3],
                BinaryPrimitives.ReadUInt32LittleEndian(at[4..]));
        }

        return new(instructions);
    }

    /// <summary>
    /// The program as the kernel and runtimes take it: `u16 code | u8 jt | u8 jf | u32 k`, little-endian as both architectures are.
    /// </summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Instructions.Count * InstructionSize];
        for (var i = 0; i < Instructions.Count; i++)
        {
            var instruction = Instructions[i];
            var at = bytes.AsSpan(i * InstructionSize);
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)instruction.Code);
            at[2] = instruction.True;
            at[3] = instruction.False;
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], instruction.K);
        }

        return bytes;
    }

    private static string? FaultOf(BpfInstruction instruction, int after) => instruction.Code switch
    {
        _ when !Enum.IsDefined(instruction.Code) => "not an operation of seccomp filters",
        BpfOpcode.LoadAbsolute when instruction.K % 4 != 0 || instruction.K >= SeccompData.Size =>
            "loads beyond or across words of seccomp_data",
        BpfOpcode.LoadMemory or BpfOpcode.LoadMemoryX or BpfOpcode.Store or BpfOpcode.StoreX when instruction.K >= ScratchWords =>
            "no such scratch word",
        BpfOpcode.Divide when instruction.K == 0 => "divides by zero",
        BpfOpcode.ShiftLeft or BpfOpcode.ShiftRight when instruction.K >= 32 => "shifts too far",
        BpfOpcode.Jump when instruction.K >= after => "jumps beyond the end",
        _ when instruction.IsConditionalJump && Math.Max(instruction.True, instruction.False) >= after => "jumps beyond the end",
        _ => null,
    };
}
