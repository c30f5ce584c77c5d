namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>What happens to one system call: the first clause whose tests all hold decides, else <see cref="Otherwise"/>.</summary>
/// <param name="Clauses">In order.</param>
/// <param name="Otherwise">Where no clause holds.</param>
public sealed record SyscallRule(IReadOnlyList<SyscallClause> Clauses, SeccompVerdict Otherwise)
{
    /// <summary>A rule that looks at no argument.</summary>
    public static SyscallRule Always(SeccompVerdict verdict) => new([], verdict);

    /// <summary>Whether arguments are looked at.</summary>
    public bool IsConditional => Clauses.Count > 0;
}

/// <summary>One alternative of a rule.</summary>
/// <param name="Tests">All must hold.</param>
/// <param name="Verdict">What happens then.</param>
public sealed record SyscallClause(IReadOnlyList<ArgumentTest> Tests, SeccompVerdict Verdict);
