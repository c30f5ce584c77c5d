namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>A system call that is judged by its arguments.</summary>
/// <param name="Name">Name, as its manual page has it.</param>
/// <param name="Group">Kebab-case.</param>
/// <param name="Reason">What is refused and why, one sentence.</param>
/// <param name="Rule">The rule; some depend on the request.</param>
internal sealed record ConditionalSyscall(string Name, string Group, string Reason, Func<SeccompRequest, SyscallRule> Rule)
{
    /// <summary>
    /// Whether a policy that adds the name lifts the conditions. Elsewhere adding it changes nothing: it is there already.
    /// </summary>
    public bool LiftedByName { get; init; }
}
