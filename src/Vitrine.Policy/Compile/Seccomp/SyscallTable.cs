using System.Collections.Frozen;
using System.Globalization;
using Vitrine.Policy.Compile.Seccomp.Data;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>The kernel's system calls: numbers of both architectures up to Linux 6.19, and how each is treated by default.</summary>
public static class SyscallTable
{
    // Without these the helper that loads the filter could not start a command, or no program could end.
    private static readonly FrozenSet<string> s_essential =
        "brk clone close dup2 dup3 execve exit exit_group fcntl mmap mprotect munmap openat read rt_sigaction rt_sigprocmask rt_sigreturn wait4 write"
            .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly Dictionary<CpuArchitecture, FrozenDictionary<string, int>> s_numbers = new()
    {
        [CpuArchitecture.X64] = Parse(X64Numbers.Lines),
        [CpuArchitecture.Arm64] = Parse(Arm64Numbers.Lines),
    };

    private static readonly Dictionary<CpuArchitecture, FrozenDictionary<int, string>> s_names =
        s_numbers.ToDictionary(pair => pair.Key, pair => pair.Value.ToFrozenDictionary(entry => entry.Value, entry => entry.Key));

    private static readonly FrozenDictionary<string, SyscallClassification> s_classified = Classified().ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>The number of a system call.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="name">Name, as its manual page has it.</param>
    /// <param name="number">The number.</param>
    /// <returns>False where the architecture has no such call.</returns>
    public static bool TryGetNumber(CpuArchitecture architecture, string name, out int number) => s_numbers[architecture].TryGetValue(name, out number);

    /// <summary>The name of a system call.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="number">Its number.</param>
    /// <returns>Null where the number is not assigned.</returns>
    public static string? NameOf(CpuArchitecture architecture, int number) => s_names[architecture].GetValueOrDefault(number);

    /// <summary>All names of an architecture.</summary>
    public static IReadOnlyCollection<string> Names(CpuArchitecture architecture) => s_numbers[architecture].Keys;

    /// <summary>Whether any architecture has a system call of that name.</summary>
    public static bool IsKnown(string name) => s_numbers.Values.Any(numbers => numbers.ContainsKey(name));

    /// <summary>Whether no policy may add the system call, since it would undo another layer or go around the filter.</summary>
    public static bool IsNeverAllowed(string name) => s_classified.TryGetValue(name, out var entry) && entry.Never;

    /// <summary>Whether no policy may remove the system call, since no command could start or end without it.</summary>
    public static bool IsEssential(string name) => s_essential.Contains(name);

    /// <summary>How a system call is treated by default and why; null for a name that is not known.</summary>
    public static SyscallClassification? Classify(string name) => s_classified.GetValueOrDefault(name);

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
            yield return new(call.Name, SyscallVerdictKind.Conditional, call.Group, call.Reason, call.Rule(tightest).Otherwise, Never: false);
    }

    private static FrozenDictionary<string, int> Parse(string lines)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ');
            var first = int.Parse(words[0], CultureInfo.InvariantCulture);
            for (var i = 1; i < words.Length; i++)
                numbers.Add(words[i], first + i - 1);
        }

        return numbers.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
