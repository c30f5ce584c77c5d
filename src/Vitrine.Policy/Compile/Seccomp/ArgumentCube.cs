namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>
/// A set of argument values: for each of the six arguments, some bits fixed. Rules in order ("refuse these, allow the rest") become a union
/// of such sets, which is all that the JSON of runtimes can say of a call that is refused by default.
/// </summary>
internal sealed class ArgumentCube
{
    private readonly ulong[] _mask = new ulong[6];
    private readonly ulong[] _value = new ulong[6];

    /// <summary>Disjoint sets that together are what a rule allows.</summary>
    /// <exception cref="ArgumentException">A clause compares by size.</exception>
    public static IEnumerable<ArgumentCube> AllowedBy(SyscallRule rule)
    {
        List<ArgumentCube> allowed = [];
        List<ArgumentCube> remaining = [new()];
        foreach (var clause in rule.Clauses)
        {
            var cube = Of(clause.Tests);
            if (clause.Verdict.IsAllow)
                allowed.AddRange(remaining.Select(rest => rest.Intersect(cube)).OfType<ArgumentCube>());
            // Nothing after the last clause that allows needs to be known where the rest is refused.
            if (rule.Otherwise.IsAllow || rule.Clauses.SkipWhile(other => other != clause).Skip(1).Any(later => later.Verdict.IsAllow))
                remaining = [.. remaining.SelectMany(rest => rest.Without(cube))];
        }

        return rule.Otherwise.IsAllow ? allowed.Concat(remaining) : allowed;
    }

    /// <summary>The set as tests.</summary>
    public IEnumerable<ArgumentTest> Tests() =>
        from index in Enumerable.Range(0, 6)
        where _mask[index] != 0
        select ArgumentTest.LongBits(index, _mask[index], _value[index]);

    private static ArgumentCube Of(IEnumerable<ArgumentTest> tests)
    {
        ArgumentCube cube = new();
        foreach (var test in tests)
        {
            if (test.Kind != ArgumentTestKind.Equal)
                throw new ArgumentException($"`{test}` is not a test of bits", nameof(tests));
            cube._mask[test.Index] |= test.Mask;
            cube._value[test.Index] |= test.Value;
        }

        return cube;
    }

    private ArgumentCube? Intersect(ArgumentCube other)
    {
        ArgumentCube both = new();
        for (var i = 0; i < 6; i++)
        {
            if (((_value[i] ^ other._value[i]) & _mask[i] & other._mask[i]) != 0)
                return null;
            both._mask[i] = _mask[i] | other._mask[i];
            both._value[i] = _value[i] | other._value[i];
        }

        return both;
    }

    private IEnumerable<ArgumentCube> Without(ArgumentCube other)
    {
        if (Intersect(other) is null)
        {
            yield return this;
            yield break;
        }

        // One bit after another: the part that differs in it is kept, the part that agrees is looked at further; what agrees in all is
        // dropped.
        var agreeing = this;
        for (var i = 0; i < 6; i++)
        {
            for (var bits = other._mask[i] & ~_mask[i]; bits != 0; bits &= bits - 1)
            {
                var bit = bits & (~bits + 1);
                yield return agreeing.With(i, bit, ~other._value[i] & bit);
                agreeing = agreeing.With(i, bit, other._value[i] & bit);
            }
        }
    }

    private ArgumentCube With(int index, ulong bit, ulong value)
    {
        ArgumentCube cube = new();
        _mask.CopyTo(cube._mask, 0);
        _value.CopyTo(cube._value, 0);
        cube._mask[index] |= bit;
        cube._value[index] |= value;
        return cube;
    }
}
