namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>A filter as data: what is to happen to each system call of one architecture. Every other architecture is killed.</summary>
/// <param name="Architecture">The only architecture whose programs live.</param>
/// <param name="Rules">By number. On x86-64, numbers of the x32 ABI are killed and never listed.</param>
/// <param name="Unlisted">What happens to numbers without a rule.</param>
public sealed record SeccompFilter(CpuArchitecture Architecture, IReadOnlyDictionary<int, SyscallRule> Rules, SeccompVerdict Unlisted);
