using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>
/// setrlimit and prlimit64: all limits but RLIMIT_CORE, which stays at the 1 byte it was set to. core(5): a piped core_pattern ignores 0
/// and gives up at 1, so a program that sets 0 would turn the host's core handler on. Programs that guard keys (ssh-agent, gpg) set 0 and
/// end if that fails; they are told it worked, and what they want (no core) holds.
/// </summary>
internal static class LimitRules
{
    private const uint Core = 4;

    private static readonly uint[] s_others = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);
    private static readonly SeccompVerdict s_einval = SeccompVerdict.Errno(Errno.EINVAL);
    private static readonly SeccompVerdict s_noEffect = SeccompVerdict.Errno(0);

    public static IReadOnlyList<ConditionalSyscall> All { get; } =
    [
        new("setrlimit", "resources", "All limits but RLIMIT_CORE, which stays; setting it is reported as done.",
            _ => new([.. OtherLimits(0), new([IntEquals(0, Core)], s_noEffect)], s_einval)),
        new("prlimit64", "resources",
            "All limits but RLIMIT_CORE, which stays; setting it is reported as done, or EPERM where the old value is asked for with it.",
            _ => new(
                [
                    .. OtherLimits(1),
                    new([IntEquals(1, Core), IsNull(2)], SeccompVerdict.Allow),
                    new([IntEquals(1, Core), IsNull(3)], s_noEffect),
                    new([IntEquals(1, Core)], s_eperm),
                ],
                s_einval)),
    ];

    private static SyscallClause[] OtherLimits(int index) =>
        ConditionalRules.Clauses(SeccompVerdict.Allow, s_others, resource => [IntEquals(index, resource)]);
}
