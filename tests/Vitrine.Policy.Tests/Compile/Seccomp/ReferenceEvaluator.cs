using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

/// <summary>What a filter says of a call, read from its data without compiling: the oracle for the BPF programs.</summary>
internal static class ReferenceEvaluator
{
    public static SeccompVerdict Evaluate(SeccompFilter filter, SeccompData data)
    {
        var native = filter.Architecture switch
        {
            CpuArchitecture.X64 => 0xC000003E,
            CpuArchitecture.Arm64 => 0xC00000B7,
            _ => throw new ArgumentOutOfRangeException(nameof(filter)),
        };
        if (data.AuditArchitecture != native)
            return SeccompVerdict.Kill;
        if (filter.Architecture == CpuArchitecture.X64 && data.Number != uint.MaxValue
            && ((data.Number & 0xC0000000) != 0 || data.Number is >= 512 and < 548))
            return SeccompVerdict.Kill;
        if (data.Number > int.MaxValue || !filter.Rules.TryGetValue((int)data.Number, out var rule))
            return filter.Unlisted;
        foreach (var clause in rule.Clauses)
        {
            if (clause.Tests.All(test => Holds(test, data.Arguments[test.Index])))
                return clause.Verdict;
        }

        return rule.Otherwise;
    }

    private static bool Holds(ArgumentTest test, ulong argument)
    {
        var seen = argument & test.Mask;
        return test.Kind switch
        {
            ArgumentTestKind.Equal => seen == test.Value,
            ArgumentTestKind.AtLeast => seen >= test.Value,
            _ => throw new ArgumentOutOfRangeException(nameof(test)),
        };
    }
}
