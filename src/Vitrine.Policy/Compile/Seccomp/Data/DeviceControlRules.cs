using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>ioctl: all but what reaches beyond the caller's own terminal. ioctl_tty(2), asm-generic/ioctls.h.</summary>
internal static class DeviceControlRules
{
    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);

    // The kernel reads the command as `unsigned int`: a high half, as in CVE-2019-7303, must not make a difference.
    private static readonly uint[] s_refused =
    [
        0x5412, // TIOCSTI: types into a terminal as if its user had.
        0x541C, // TIOCLINUX: pastes a console selection.
        0x541D, // TIOCCONS: takes over console output.
        0x5423, // TIOCSETD: loads a line discipline module.
    ];

    /// <summary>The rule, for both filters.</summary>
    public static SyscallRule Rule { get; } =
        new(ConditionalRules.Clauses(s_eperm, s_refused, command => [IntEquals(1, command)]), SeccompVerdict.Allow);

    public static IReadOnlyList<ConditionalSyscall> All { get; } =
    [
        new("ioctl", "device-control", "All but TIOCSTI, TIOCLINUX, TIOCCONS (another's terminal) and TIOCSETD (loads kernel modules).",
            _ => Rule),
    ];
}
