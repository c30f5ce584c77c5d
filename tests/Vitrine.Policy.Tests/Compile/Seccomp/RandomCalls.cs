using FsCheck;
using FsCheck.Fluent;
using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

/// <summary>Random system calls, mostly of numbers and arguments that a filter looks at, or one bit away from them.</summary>
internal static class RandomCalls
{
    private static readonly uint[] s_architectures = [AuditArchitecture.X64, AuditArchitecture.I386, AuditArchitecture.Arm64,
        AuditArchitecture.Arm, 0, uint.MaxValue];

    public static Gen<SeccompData> For(SeccompFilter filter)
    {
        var native = AuditArchitecture.Of(filter.Architecture);
        var interesting = filter.Rules.Values.SelectMany(rule => rule.Clauses).SelectMany(clause => clause.Tests)
            .SelectMany(test => new[] { test.Value, test.Mask, test.Value | 0xDEAD_0000_0000_0000, ~test.Value }).Distinct().ToArray();
        var conditional = filter.Rules.Where(rule => rule.Value.IsConditional).Select(rule => (uint)rule.Key).ToArray();

        var number = Gen.Frequency([
            (4, Gen.Elements(conditional)),
            (4, Gen.Choose(0, 480).Select(value => (uint)value)),
            (1, Gen.Choose(500, 560).Select(value => (uint)value)),
            (1, Gen.Choose(0, 480).Select(value => (uint)value | AuditArchitecture.X32Bit)),
            (1, Gen.Elements<uint>([0x3FFFFFFF, 0x40000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF])),
            (1, Word.Select(value => (uint)value)),
        ]);
        var argument = Gen.Frequency([
            (5, Gen.Elements(interesting)),
            (3, from value in Gen.Elements(interesting) from bit in Gen.Choose(0, 63) select value ^ (1ul << bit)),
            (1, Gen.Choose(0, 64).Select(value => (ulong)value)),
            (1, Word),
        ]);
        var architecture = Gen.Frequency([(9, Gen.Constant(native)), (1, Gen.Elements(s_architectures))]);
        return from nr in number
               from arch in architecture
               from pointer in Word
               from arguments in argument.ArrayOf(6)
               select new SeccompData(nr, arch, pointer, SeccompArguments.Of(arguments));
    }

    public static string Show(SeccompData call)
    {
        var arguments = call.Arguments;
        return $"0x{call.AuditArchitecture:x} {call.Number}({string.Join(", ", Enumerable.Range(0, 6).Select(index => $"0x{arguments[index]:x}"))})";
    }

    private static Gen<ulong> Word =>
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        select ((ulong)(uint)high << 32) | (uint)low;
}
