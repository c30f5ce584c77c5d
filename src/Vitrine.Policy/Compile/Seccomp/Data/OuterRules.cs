using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>
/// The outer filter's rules by argument: only refusals, anything else allowed, for the guest must change ids, drop capabilities, set
/// limits, make terminals and load the command filter.
/// </summary>
internal static class OuterRules
{
    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
    private static readonly uint[] s_namespaces = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000];

    private const uint NewTime = 0x80;

    public static IReadOnlyList<NamedRule> For(bool refuseSetIdBits) =>
    [
        new("clone", RefuseBits(s_namespaces)),
        new("unshare", RefuseBits([.. s_namespaces, NewTime])),
        new("socket", SocketRules.Outer),
        new("ioctl", DeviceControlRules.Rule),
        new("seccomp", ProcessControlRules.OuterSeccomp),
        .. FileModeRules.Outer(refuseSetIdBits),
    ];

    private static SyscallRule RefuseBits(uint[] bits) =>
        new(ConditionalRules.Clauses(s_eperm, bits, bit => [IntBits(0, bit, bit)]), SeccompVerdict.Allow);
}
