namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>A system call's rule in the outer filter.</summary>
/// <param name="Name">Name, as its manual page has it.</param>
/// <param name="Rule">What happens to it.</param>
internal sealed record NamedRule(string Name, SyscallRule Rule);
