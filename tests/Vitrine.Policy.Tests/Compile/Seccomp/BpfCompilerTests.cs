using FsCheck.Fluent;
using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

public sealed class BpfCompilerTests
{
    private const int Calls = 30_000;

    public static IEnumerable<TheoryDataRow<string, SeccompFilter>> Filters() =>
        from architecture in Enum.GetValues<CpuArchitecture>()
        from setId in new[] { false, true }
        let request = new SeccompRequest { Architecture = architecture, RefuseSetIdBits = setId }
        from filter in new[] { ("command", SeccompFilters.Command(request)), ("outer", SeccompFilters.Outer(request)) }
        select new TheoryDataRow<string, SeccompFilter>($"{filter.Item1} {architecture} setId={setId}", filter.Item2);

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public void Compile_RandomCalls_AgreesWithTheData(string name, SeccompFilter filter)
    {
        BpfSimulator simulator = new(BpfProgram.Parse(BpfCompiler.Compile(filter).ToBytes()));
        HashSet<SeccompVerdict> seen = [];

        foreach (var call in RandomCalls.For(filter).Sample(Calls))
        {
            var expected = ReferenceEvaluator.Evaluate(filter, call);
            seen.Add(expected);
            Assert.True(expected == simulator.Run(call), $"{name}: {RandomCalls.Show(call)}: {expected}, not {simulator.Run(call)}");
        }

        // The comparison means something only if the calls met every kind of verdict.
        Assert.Contains(SeccompVerdict.Allow, seen);
        Assert.Contains(SeccompVerdict.Kill, seen);
        Assert.True(seen.Count >= 5, $"{name}: only {seen.Count} verdicts were met");
    }

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public void Compile_EveryNumberWithZeroArguments_AgreesWithTheData(string name, SeccompFilter filter)
    {
        BpfSimulator simulator = new(BpfCompiler.Compile(filter));
        for (uint number = 0; number < 1100; number++)
        {
            SeccompData call = new(number, AuditArchitecture.Of(filter.Architecture), 0, default);
            Assert.True(ReferenceEvaluator.Evaluate(filter, call) == simulator.Run(call), $"{name}: number {number}");
        }
    }

    [Theory]
    [MemberData(nameof(Filters), DisableDiscoveryEnumeration = true)]
    public void Compile_DefaultFilters_AreSmallAndShallow(string name, SeccompFilter filter)
    {
        var program = BpfCompiler.Compile(filter);
        BpfSimulator simulator = new(program);
        Assert.True(program.Instructions.Count <= 1024, $"{name}: {program.Instructions.Count} instructions");
        Assert.True(SyscallTable.TryGetNumber(filter.Architecture, "read", out var read));

        Assert.Equal(SeccompVerdict.Allow,
            simulator.Run(new((uint)read, AuditArchitecture.Of(filter.Architecture), 0, default), out var steps));

        Assert.True(steps <= 16, $"{name}: read takes {steps} instructions");
    }

    [Fact]
    public void Compile_ManyConditionalCalls_JumpsFurtherThan255()
    {
        // 60 rules of 20 clauses: subtrees far beyond what a conditional jump reaches.
        var rules = Enumerable.Range(0, 60).ToDictionary(
            number => number * 2,
            number => new SyscallRule([.. Enumerable.Range(1, 20).Select(value => Clause(value * (number + 1), value))], SeccompVerdict.Allow));
        SeccompFilter filter = new(CpuArchitecture.X64, rules, SeccompVerdict.Errno(38));
        var program = BpfCompiler.Compile(filter);
        BpfSimulator simulator = new(program);
        Assert.Contains(program.Instructions, instruction => instruction.Code == BpfOpcode.Jump && instruction.K > 255);

        for (uint number = 0; number < 125; number++)
        {
            for (ulong argument = 0; argument < 200; argument++)
            {
                SeccompData call = new(number, AuditArchitecture.X64, 0, SeccompArguments.Of(argument));
                Assert.Equal(ReferenceEvaluator.Evaluate(filter, call), simulator.Run(call));
            }
        }
    }

    [Fact]
    public void Compile_TooManyClauses_IsRefused()
    {
        SyscallRule rule = new([.. Enumerable.Range(0, 2000).Select(value => Clause(value, 1))], SeccompVerdict.Kill);
        SeccompFilter filter = new(CpuArchitecture.X64, new Dictionary<int, SyscallRule> { [1] = rule }, SeccompVerdict.Kill);

        var error = Assert.Throws<ArgumentException>(() => BpfCompiler.Compile(filter));

        Assert.Contains("4096", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_SameRequest_GivesTheSameBytes()
    {
        SeccompRequest request = new() { Architecture = CpuArchitecture.X64, RefuseSetIdBits = true };

        var (first, second) = (SeccompCompiler.Compile(request), SeccompCompiler.Compile(request));

        Assert.Equal(first.Command.ToArray(), second.Command.ToArray());
        Assert.Equal(first.Outer.ToArray(), second.Outer.ToArray());
        Assert.Equal(first.OuterJson, second.OuterJson);
    }

    private static SyscallClause Clause(int argument, int errno) => new([ArgumentTest.IntEquals(0, (uint)argument)], SeccompVerdict.Errno(errno));
}
