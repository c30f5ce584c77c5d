using System.Globalization;
using System.Text.RegularExpressions;
using Vitrine.Policy.Compile.Seccomp;

namespace Vitrine.Policy.Tests.Compile.Seccomp;

/// <summary>System call numbers as this machine's kernel headers have them, read by the C preprocessor.</summary>
internal static partial class KernelHeaders
{
    // arm64 has no header of its own on an x86-64 machine: asm-generic/unistd.h with what arch/arm64/include/uapi/asm/unistd.h defines
    // before it.
    private const string Arm64Source = """
        #define __BITS_PER_LONG 64
        #define __ARCH_WANT_RENAMEAT
        #define __ARCH_WANT_NEW_STAT
        #define __ARCH_WANT_SET_GET_RLIMIT
        #define __ARCH_WANT_TIME32_SYSCALLS
        #define __ARCH_WANT_SYS_CLONE3
        #define __ARCH_WANT_MEMFD_SECRET
        #include <asm-generic/unistd.h>
        """;

    // Markers of the generic table, not calls.
    private static readonly string[] s_markers = ["syscalls", "arch_specific_syscall"];

    public static Dictionary<string, int>? Read(CpuArchitecture architecture)
    {
        var source = architecture == CpuArchitecture.Arm64 ? Arm64Source : "#include <asm/unistd_64.h>\n";
        if (Tools.Run("gcc", ["-E", "-dM", "-"], source) is not { Status: 0 } run)
            return null;
        var defines = Define().Matches(run.Output).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value,
            StringComparer.Ordinal);
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        foreach (var name in defines.Keys.Where(IsCall))
        {
            var value = defines[name];
            while (defines.TryGetValue(value, out var further))
                value = further;
            numbers[name[5..]] = int.Parse(value, CultureInfo.InvariantCulture);
        }

        return numbers;
    }

    private static bool IsCall(string define) =>
        define.StartsWith("__NR_", StringComparison.Ordinal) && !s_markers.Contains(define[5..], StringComparer.Ordinal);

    [GeneratedRegex(@"^#define (?<name>__NR\w+) (?<value>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Define();
}
