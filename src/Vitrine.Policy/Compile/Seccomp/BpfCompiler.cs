namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>
/// Compiles a filter to classic BPF. The numbers become ranges of one rule each, and the ranges a binary tree, so that a call costs some
/// eight comparisons. Paths to a plain `allow` read only architecture and number, which lets the kernel (5.11) run them ahead of time and
/// keep the outcome in a bitmap.
/// </summary>
public static class BpfCompiler
{
    /// <summary>Compiles a filter.</summary>
    /// <param name="filter">The filter.</param>
    /// <exception cref="ArgumentException">It needs more than 4,096 instructions.</exception>
    public static BpfProgram Compile(SeccompFilter filter)
    {
        var ranges = NumberRange.Of(filter);
        return new(
        [
            BpfInstruction.Plain(BpfOpcode.LoadAbsolute, SeccompData.ArchitectureOffset),
            new(BpfOpcode.JumpEqual, 1, 0, AuditArchitecture.Of(filter.Architecture)),
            BpfInstruction.Return(SeccompVerdict.Kill),
            BpfInstruction.Plain(BpfOpcode.LoadAbsolute, SeccompData.NumberOffset),
            .. Tree(ranges, 0, ranges.Count),
        ]);
    }

    // Every piece of code returns on all its paths and jumps only within itself, so pieces can be put one after another.
    private static List<BpfInstruction> Tree(IReadOnlyList<NumberRange> ranges, int from, int to)
    {
        if (to - from == 1)
            return RuleCode(ranges[from].Rule);
        var middle = from + ((to - from) / 2);
        var below = Tree(ranges, from, middle);
        var above = Tree(ranges, middle, to);
        // A conditional jump reaches 255 instructions; an unconditional one, any.
        return below.Count <= byte.MaxValue
            ? [new(BpfOpcode.JumpAtLeast, (byte)below.Count, 0, ranges[middle].First), .. below, .. above]
            :
            [
                new(BpfOpcode.JumpAtLeast, 0, 1, ranges[middle].First),
                BpfInstruction.Plain(BpfOpcode.Jump, (uint)below.Count),
                .. below,
                .. above,
            ];
    }

    private static List<BpfInstruction> RuleCode(SyscallRule rule)
    {
        List<BpfInstruction> code = [];
        foreach (var clause in rule.Clauses)
            AppendClause(code, clause);
        code.Add(BpfInstruction.Return(rule.Otherwise));
        return code;
    }

    private static void AppendClause(List<BpfInstruction> code, SyscallClause clause)
    {
        List<BpfInstruction> tests = [.. clause.Tests.SelectMany(TestCode)];
        for (var i = 0; i < tests.Count; i++)
        {
            // A test that fails goes past the rest of the tests and the clause's return; one that holds goes on.
            var toNextClause = (byte)(tests.Count - i);
            code.Add(tests[i].IsConditionalJump ? tests[i] with { True = 0, False = toNextClause } : tests[i]);
        }

        code.Add(BpfInstruction.Return(clause.Verdict));
    }

    private static IEnumerable<BpfInstruction> TestCode(ArgumentTest test)
    {
        if (test.Kind == ArgumentTestKind.AtLeast)
        {
            if (test.Mask != uint.MaxValue)
                throw new ArgumentException($"`{test}`: only the low 32 bits can be compared by size", nameof(test));
            return HalfCode(SeccompData.LowOffset(test.Index), uint.MaxValue, (uint)test.Value, BpfOpcode.JumpAtLeast);
        }

        return
        [
            .. HalfCode(SeccompData.LowOffset(test.Index), (uint)test.Mask, (uint)test.Value, BpfOpcode.JumpEqual),
            .. HalfCode(SeccompData.HighOffset(test.Index), (uint)(test.Mask >> 32), (uint)(test.Value >> 32), BpfOpcode.JumpEqual),
        ];
    }

    private static IEnumerable<BpfInstruction> HalfCode(uint offset, uint mask, uint value, BpfOpcode comparison)
    {
        if (mask == 0)
            yield break;
        yield return BpfInstruction.Plain(BpfOpcode.LoadAbsolute, offset);
        if (mask != uint.MaxValue)
            yield return BpfInstruction.Plain(BpfOpcode.And, mask);
        yield return new(comparison, 0, 0, value);
    }
}
