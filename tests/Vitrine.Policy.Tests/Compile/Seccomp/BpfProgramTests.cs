using Vitrine.Policy.Compile.Seccomp;
using static Vitrine.Policy.Compile.Seccomp.BpfOpcode;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

public sealed class BpfProgramTests
{
    public static TheoryData<BpfInstruction[], string> Refused => new()
    {
        { [], "1 to 4096" },
        { [BpfInstruction.Plain(LoadAbsolute, 0)], "not a return" },
        { [BpfInstruction.Plain(LoadAbsolute, 64), BpfInstruction.Plain(Return, 0)], "beyond" },
        { [BpfInstruction.Plain(LoadAbsolute, 2), BpfInstruction.Plain(Return, 0)], "across" },
        { [BpfInstruction.Plain(LoadMemory, 16), BpfInstruction.Plain(Return, 0)], "scratch" },
        { [BpfInstruction.Plain(Divide, 0), BpfInstruction.Plain(Return, 0)], "zero" },
        { [BpfInstruction.Plain(ShiftLeft, 32), BpfInstruction.Plain(Return, 0)], "shifts" },
        { [BpfInstruction.Plain(Jump, 1), BpfInstruction.Plain(Return, 0)], "beyond the end" },
        { [new(JumpEqual, 1, 0, 0), BpfInstruction.Plain(Return, 0)], "beyond the end" },
        { [new(JumpEqual, 0, 200, 0), BpfInstruction.Plain(Return, 0)], "beyond the end" },
        { [BpfInstruction.Plain((BpfOpcode)0x28, 0), BpfInstruction.Plain(Return, 0)], "not an operation" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Constructor_ProgramTheKernelRefuses_SaysWhy(BpfInstruction[] instructions, string because)
    {
        var error = Assert.Throws<ArgumentException>(() => new BpfProgram(instructions));

        Assert.Contains(because, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToBytes_Instruction_IsLaidOutAsSockFilter()
    {
        BpfProgram program = new([new(JumpEqual, 1, 0, 0x04030201), BpfInstruction.Plain(Return, 0),
            BpfInstruction.Return(SeccompVerdict.Allow)]);

        Assert.Equal([0x15, 0, 1, 0, 1, 2, 3, 4, 0x06, 0, 0, 0, 0, 0, 0, 0, 0x06, 0, 0, 0, 0, 0, 0xFF, 0x7F], program.ToBytes());
        Assert.Equal(program.Instructions, BpfProgram.Parse(program.ToBytes()).Instructions);
    }

    [Fact]
    public void Parse_PartOfAnInstruction_IsRefused() => Assert.Throws<ArgumentException>(() => BpfProgram.Parse([6, 0, 0, 0, 0, 0, 0]));

    [Fact]
    public void Disassemble_SmallFilter_ReadsAsItRuns()
    {
        SyscallRule rule = new([new([ArgumentTest.IntBits(1, 0x800, 0)], SeccompVerdict.Allow)], SeccompVerdict.Errno(1));
        SeccompFilter filter = new(CpuArchitecture.Arm64, new Dictionary<int, SyscallRule> { [5] = rule }, SeccompVerdict.Kill);

        Assert.Equal(
            """
               0: load architecture
               1: if == 0xc00000b7 goto 3 else 2
               2: return kill
               3: load number
               4: if >= 0x5 goto 6 else 5
               5: return kill
               6: if >= 0x6 goto 12 else 7
               7: load arg1.low
               8: and 0x800
               9: if == 0x0 goto 10 else 11
              10: return allow
              11: return EPERM
              12: return kill

            """,
            BpfDisassembler.Disassemble(BpfCompiler.Compile(filter)));
    }

    [Fact]
    public void Disassemble_DefaultFilters_HaveALineForEachInstruction()
    {
        var program = BpfProgram.Parse(SeccompCompiler.Compile(new() { Architecture = CpuArchitecture.X64 }).Command.Span);

        Assert.Equal(program.Instructions.Count, BpfDisassembler.Disassemble(program).Count(c => c == '\n'));
    }
}
