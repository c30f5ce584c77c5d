namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>How one system call is treated by default, and why.</summary>
/// <param name="Name">Name, as its manual page has it.</param>
/// <param name="Kind">Allowed, by argument, or refused.</param>
/// <param name="Group">The group it belongs to, kebab-case.</param>
/// <param name="Reason">Why, one sentence.</param>
/// <param name="Refusal">What a refused call answers; the default verdict of a conditional one.</param>
/// <param name="Never">Whether no policy may add it.</param>
public sealed record SyscallClassification(string Name, SyscallVerdictKind Kind, string Group, string Reason, SeccompVerdict Refusal,
    bool Never);
