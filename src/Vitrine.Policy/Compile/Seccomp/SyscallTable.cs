using System.Globalization;
using Vitrine.Policy.Compile.Seccomp.Data;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>The kernel's system calls: numbers of both architectures up to Linux 6.19, and how each is treated by default.</summary>
public static class SyscallTable
{
    // Without these the helper that loads the filter could not start a command, or no program could end.
    private static readonly HashSet<string> s_essential =
        ("brk clone close dup2 dup3 execve exit exit_group fcntl mmap mprotect munmap openat read"
            + " rt_sigaction rt_sigprocmask rt_sigreturn wait4 write").Split(' ').ToHashSet(StringComparer.Ordinal);

    // Plain collections of framework types throughout: they are there compiled, and `vitrine run` is short enough to notice.
    private static readonly Dictionary<string, int> s_x64 = Parse(X64Numbers.Lines);
    private static readonly Dictionary<string, int> s_arm64 = Parse(Arm64Numbers.Lines);
    private static readonly Lazy<Dictionary<int, string>> s_x64Names = new(() => Reverse(s_x64));
    private static readonly Lazy<Dictionary<int, string>> s_arm64Names = new(() => Reverse(s_arm64));

    private static readonly Lazy<Dictionary<string, SyscallClassification>> s_classified =
        new(() => Classified().ToDictionary(entry => entry.Name, StringComparer.Ordinal));

    /// <summary>The number of a system call.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="name">Name, as its manual page has it.</param>
    /// <param name="number">The number.</param>
    /// <returns>False where the architecture has no such call.</returns>
    public static bool TryGetNumber(CpuArchitecture architecture, string name, out int number) =>
        Numbers(architecture).TryGetValue(name, out number);

    /// <summary>The name of a system call.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="number">Its number.</param>
    /// <returns>Null where the number is not assigned.</returns>
    public static string? NameOf(CpuArchitecture architecture, int number) =>
        (architecture == CpuArchitecture.X64 ? s_x64Names : s_arm64Names).Value.GetValueOrDefault(number);

    /// <summary>All names of an architecture.</summary>
    public static IReadOnlyCollection<string> Names(CpuArchitecture architecture) => Numbers(architecture).Keys;

    /// <summary>Whether any architecture has a system call of that name.</summary>
    public static bool IsKnown(string name) => s_x64.ContainsKey(name) || s_arm64.ContainsKey(name);

    /// <summary>Whether no policy may add the system call, since it would undo another layer or go around the filter.</summary>
    public static bool IsNeverAllowed(string name) => s_classified.Value.TryGetValue(name, out var entry) && entry.Never;

    /// <summary>Whether no policy may remove the system call, since no command could start or end without it.</summary>
    public static bool IsEssential(string name) => s_essential.Contains(name);

    /// <summary>How a system call is treated by default and why; null for a name that is not known.</summary>
    public static SyscallClassification? Classify(string name) => s_classified.Value.GetValueOrDefault(name);

    private static Dictionary<string, int> Numbers(CpuArchitecture architecture) => architecture == CpuArchitecture.X64 ? s_x64 : s_arm64;

    private static Dictionary<int, string> Reverse(Dictionary<string, int> numbers)
    {
        Dictionary<int, string> names = [];
        foreach (var (name, number) in numbers)
            names.Add(number, name);
        return names;
    }

    private static IEnumerable<SyscallClassification> Classified()
    {
        foreach (var group in AllowedGroups.All)
        {
            foreach (var name in group.Names)
                yield return new(name, SyscallVerdictKind.Allowed, group.Name, group.Reason, SeccompVerdict.Allow, Never: false);
        }

        foreach (var group in RefusedGroups.All)
        {
            foreach (var name in group.Names)
                yield return new(name, SyscallVerdictKind.Refused, group.Name, group.Reason, group.Verdict, group.Never);
        }

        var tightest = new SeccompRequest { Architecture = CpuArchitecture.X64, RefuseSetIdBits = true };
        foreach (var call in ConditionalRules.All)
            yield return new(call.Name, SyscallVerdictKind.Conditional, call.Group, call.Reason, call.Rule(tightest).Otherwise,
                Never: false);
    }

    private static Dictionary<string, int> Parse(string lines)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ');
            var first = int.Parse(words[0], CultureInfo.InvariantCulture);
            for (var i = 1; i < words.Length; i++)
                numbers.Add(words[i], first + i - 1);
        }

        return numbers;
    }
}
