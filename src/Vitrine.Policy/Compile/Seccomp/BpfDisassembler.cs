using System.Globalization;
using System.Text;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>A filter as a person reads it: one line an instruction, jumps as line numbers, loads and verdicts by name.</summary>
public static class BpfDisassembler
{
    /// <summary>Lists a program.</summary>
    /// <param name="program">The program.</param>
    public static string Disassemble(BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        StringBuilder text = new();
        for (var i = 0; i < program.Instructions.Count; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i,4}: {Line(program.Instructions[i], i + 1)}\n");
        return text.ToString();
    }

    private static string Line(BpfInstruction instruction, int next) => instruction switch
    {
        { Code: BpfOpcode.LoadAbsolute } => "load " + Field(instruction.K),
        { Code: BpfOpcode.Return } => "return " + new SeccompVerdict(instruction.K),
        { Code: BpfOpcode.Jump } => $"goto {next + instruction.K}",
        { IsConditionalJump: true } =>
            $"if {Comparison(instruction.Code)} 0x{instruction.K:x} goto {next + instruction.True} else {next + instruction.False}",
        { Code: BpfOpcode.And } => $"and 0x{instruction.K:x}",
        _ => $"{instruction.Code} 0x{instruction.K:x}",
    };

    private static string Comparison(BpfOpcode code) => code switch
    {
        BpfOpcode.JumpEqual => "==",
        BpfOpcode.JumpAtLeast => ">=",
        BpfOpcode.JumpGreater => ">",
        BpfOpcode.JumpAnyBit => "&",
        _ => code.ToString(),
    };

    private static string Field(uint offset) => offset switch
    {
        SeccompData.NumberOffset => "number",
        SeccompData.ArchitectureOffset => "architecture",
        8 => "pointer.low",
        12 => "pointer.high",
        _ => $"arg{(offset - 16) / 8}.{(offset % 8 == 0 ? "low" : "high")}",
    };
}
