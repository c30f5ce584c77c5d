using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>System calls of the allow-list that are judged by their arguments.</summary>
internal static class ConditionalRules
{
    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (linux/sched.h). CLONE_NEWTIME (0x80) lies in clone's signal number:
    // unshare alone has it.
    private const uint NewNamespaces = 0x7E020000;

    // CLONE_FS, CLONE_FILES, CLONE_SYSVSEM: the only things unshare may part.
    private const ulong HarmlessUnshare = 0x200 | 0x400 | 0x40000;

    // RENAME_NOREPLACE, RENAME_EXCHANGE; RENAME_WHITEOUT makes a device node.
    private const uint RenameFlags = 0x3;

    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);
    private static readonly SeccompVerdict s_einval = SeccompVerdict.Errno(Errno.EINVAL);

    public static IReadOnlyList<ConditionalSyscall> All { get; } =
    [
        new("clone", "new-processes", "Threads and processes, but no new namespaces: they open kernel code meant for root.",
            _ => AllowIf(s_eperm, IntBits(0, NewNamespaces, 0))),
        new("unshare", "new-processes", "Parts file tables, but no namespaces.", _ => AllowIf(s_eperm, LongBits(0, ~HarmlessUnshare, 0))),
        new("renameat2", "renaming", "Renames without RENAME_WHITEOUT, which makes a device node.",
            _ => AllowIf(s_einval, IntBits(4, ~RenameFlags, 0))),
        new("personality", "personality",
            "The values Docker has: Linux, 32-bit uname, 2.6 version and asking; none that turns off address randomization.",
            _ => AnyOf(s_eperm, 0, [0, 8, 0x20000, 0x20008, 0xFFFF_FFFF])) { LiftedByName = true },
        .. SocketRules.All,
        .. DeviceControlRules.All,
        .. ProcessControlRules.All,
        .. LimitRules.All,
        .. FileModeRules.All,
    ];

    /// <summary>Allowed where the test holds.</summary>
    public static SyscallRule AllowIf(SeccompVerdict otherwise, params ArgumentTest[] tests) =>
        new([new(tests, SeccompVerdict.Allow)], otherwise);

    /// <summary>Allowed where the argument, an `int`, is one of the values.</summary>
    public static SyscallRule AnyOf(SeccompVerdict otherwise, int index, params uint[] values) =>
        new(Clauses(SeccompVerdict.Allow, values, value => [IntEquals(index, value)]), otherwise);

    /// <summary>A clause for each value.</summary>
    public static SyscallClause[] Clauses(SeccompVerdict verdict, uint[] values, Func<uint, ArgumentTest[]> tests) =>
        Array.ConvertAll(values, value => new SyscallClause(tests(value), verdict));
}
