namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>System calls that are treated alike for one reason.</summary>
/// <param name="Name">Kebab-case.</param>
/// <param name="Reason">Why they are allowed or refused, one sentence.</param>
/// <param name="Verdict">What happens to them.</param>
/// <param name="Never">Whether no policy may add them: with any of them the rest of the filter or another layer would mean nothing.</param>
/// <param name="Names">Names, as their manual pages have them.</param>
public sealed record SyscallGroup(string Name, string Reason, SeccompVerdict Verdict, bool Never, IReadOnlyList<string> Names);
