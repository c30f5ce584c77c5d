using Vitrine.Policy.Compile.Seccomp;
using static Vitrine.Policy.Compile.Seccomp.BpfOpcode;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

public sealed class BpfSimulatorTests
{
    private static readonly SeccompData s_call = new(7, AuditArchitecture.X64, 0x1111_2222_3333_4444,
        SeccompArguments.Of(0xAAAA_BBBB_CCCC_DDDD, 2, 3, 4, 5, 0x6666_7777_8888_9999));

    // Fields of struct seccomp_data by offset (linux/seccomp.h).
    [Theory]
    [InlineData(0, 7)]
    [InlineData(4, 0xC000003E)]
    [InlineData(8, 0x33334444)]
    [InlineData(12, 0x11112222)]
    [InlineData(16, 0xCCCCDDDD)]
    [InlineData(20, 0xAAAABBBB)]
    [InlineData(24, 2)]
    [InlineData(56, 0x88889999)]
    [InlineData(60, 0x66667777)]
    public void Run_LoadAbsolute_ReadsTheField(uint offset, uint expected) =>
        Assert.Equal(expected, Run(Plain(LoadAbsolute, offset), Plain(ReturnA, 0)));

    [Theory]
    [InlineData(Add, 6, 3, 9)]
    [InlineData(Subtract, 3, 6, 0xFFFFFFFD)]
    [InlineData(Multiply, 6, 3, 18)]
    [InlineData(Divide, 7, 2, 3)]
    [InlineData(Or, 6, 3, 7)]
    [InlineData(And, 6, 3, 2)]
    [InlineData(Xor, 6, 3, 5)]
    [InlineData(ShiftLeft, 6, 3, 48)]
    [InlineData(ShiftRight, 48, 3, 6)]
    [InlineData(Negate, 1, 0, 0xFFFFFFFF)]
    public void Run_Arithmetic_IsOf32BitsUnsigned(BpfOpcode code, uint a, uint k, uint expected)
    {
        Assert.Equal(expected, Run(Plain(LoadImmediate, a), Plain(code, k), Plain(ReturnA, 0)));
        if (code is not Negate)
            Assert.Equal(expected,
                Run(Plain(LoadImmediateX, k), Plain(LoadImmediate, a), Plain(code | (BpfOpcode)8, 0), Plain(ReturnA, 0)));
    }

    [Theory]
    [InlineData(JumpEqual, 5, 5, true)]
    [InlineData(JumpEqual, 5, 6, false)]
    [InlineData(JumpGreater, 5, 5, false)]
    [InlineData(JumpGreater, 0x80000000, 5, true)]
    [InlineData(JumpAtLeast, 5, 5, true)]
    [InlineData(JumpAtLeast, 4, 5, false)]
    [InlineData(JumpAnyBit, 6, 2, true)]
    [InlineData(JumpAnyBit, 6, 1, false)]
    public void Run_ConditionalJump_GoesByTheComparison(BpfOpcode code, uint a, uint k, bool taken)
    {
        var expected = taken ? 1u : 2u;
        Assert.Equal(expected, Run(Plain(LoadImmediate, a), new(code, 1, 0, k), Plain(Return, 2), Plain(Return, 1)));
        Assert.Equal(expected,
            Run(Plain(LoadImmediateX, k), Plain(LoadImmediate, a), new(code | (BpfOpcode)8, 1, 0, 0), Plain(Return, 2), Plain(Return, 1)));
    }

    [Fact]
    public void Run_ScratchAndCopies_KeepValues() => Assert.Equal(
        64u + 9,
        Run(Plain(LoadImmediate, 9), Plain(Store, 3), Plain(LoadLength, 0), Plain(CopyToX, 0), Plain(LoadMemory, 3), Plain(AddX, 0),
            Plain(StoreX, 0), Plain(ReturnA, 0)));

    [Fact]
    public void Run_DivisionByAZeroX_Kills() => Assert.Equal(0u, Run(Plain(LoadImmediate, 9), Plain(DivideX, 0), Plain(Return, 1)));

    [Fact]
    public void Run_Jump_SkipsAndCountsSteps()
    {
        BpfSimulator simulator = new(new([Plain(Jump, 1), Plain(Return, 1), Plain(Return, 2)]));

        Assert.Equal(2u, simulator.Run(s_call, out var steps).Value);
        Assert.Equal(2, steps);
    }

    private static uint Run(params BpfInstruction[] instructions) => new BpfSimulator(new(instructions)).Run(s_call).Value;

    private static BpfInstruction Plain(BpfOpcode code, uint k) => BpfInstruction.Plain(code, k);
}
