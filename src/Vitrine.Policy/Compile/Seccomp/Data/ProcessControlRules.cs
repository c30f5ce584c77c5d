using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>prctl, arch_prctl and seccomp by operation. linux/prctl.h, asm/prctl.h, seccomp(2).</summary>
internal static class ProcessControlRules
{
    private const uint SetModeFilter = 1;

    // SECCOMP_FILTER_FLAG_TSYNC, SPEC_ALLOW, TSYNC_ESRCH. Not LOG (fills the host's log), not NEW_LISTENER (see the reason).
    private const uint FilterFlags = 0x1 | 0x4 | 0x10;

    private const uint NewListener = 0x8;

    private static readonly SeccompVerdict s_einval = SeccompVerdict.Errno(Errno.EINVAL);

    // SECCOMP_SET_MODE_STRICT, GET_ACTION_AVAIL, GET_NOTIF_SIZES
    private static readonly uint[] s_harmlessOperations = [0, 2, 3];

    private static readonly uint[] s_prctl =
    [
        1, 2, // PDEATHSIG
        3, 4, // DUMPABLE
        5, 6, // UNALIGN
        7, 8, // KEEPCAPS
        15, 16, // NAME
        21, 22, // SECCOMP
        23, 24, // CAPBSET
        27, 28, // SECUREBITS
        29, 30, // TIMERSLACK
        36, 37, // CHILD_SUBREAPER
        38, 39, // NO_NEW_PRIVS
        40, // GET_TID_ADDRESS
        41, 42, // THP_DISABLE
        47, // CAP_AMBIENT
        50, 51, // SVE vector length
        52, 53, // SPECULATION_CTRL: only the caller's own mitigations
        54, // PAC_RESET_KEYS
        55, 56, // TAGGED_ADDR_CTRL
        60, 61, // PAC_ENABLED_KEYS
        63, 64, // SME vector length
        65, 66, // MDWE
        74, 75, 76, // SHADOW_STACK
        78, // FUTEX_HASH
        0x53564D41, // SET_VMA: names for mappings
        0x59616D61, // SET_PTRACER: tells Yama who may trace the caller
    ];

    // FS and GS base, CPUID faulting, extended state (AMX), CET, linear address masking, shadow stack. Not MAP_VDSO_*.
    private static readonly uint[] s_archPrctl =
    [
        0x1001, 0x1002, 0x1003, 0x1004, 0x1011, 0x1012, 0x1021, 0x1022, 0x1023, 0x3001, 0x4001, 0x4002, 0x4003, 0x4004,
        0x5001, 0x5002, 0x5003, 0x5004, 0x5005,
    ];

    public static IReadOnlyList<ConditionalSyscall> All { get; } =
    [
        new("prctl", "process-control",
            "What runtimes and libc use; not SET_MM (rewrites what /proc says), SYSCALL_USER_DISPATCH, SCHED_CORE, perf, nor unknown ones.",
            _ => ConditionalRules.AnyOf(s_einval, 0, s_prctl)),
        new("arch_prctl", "process-control", "Thread registers and CPU features of one's own; not MAP_VDSO_*.",
            _ => ConditionalRules.AnyOf(s_einval, 0, s_archPrctl)),
        new("seccomp", "narrowing",
            "Filters of one's own only take away; not NEW_LISTENER, which can answer for and hold up others, nor LOG, which fills the host's log.",
            _ => new(
                [
                    .. ConditionalRules.Clauses(SeccompVerdict.Allow, s_harmlessOperations, operation => [IntEquals(0, operation)]),
                    new([IntEquals(0, SetModeFilter), IntBits(1, ~FilterFlags, 0)], SeccompVerdict.Allow),
                ],
                s_einval)),
    ];

    /// <summary>The outer filter's shorter form.</summary>
    public static SyscallRule OuterSeccomp { get; } =
        new([new([IntEquals(0, SetModeFilter), IntBits(1, NewListener, NewListener)], s_einval)], SeccompVerdict.Allow);
}
