using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>
/// The outer filter's rules by argument: only refusals, anything else allowed, for the guest must change ids, drop capabilities, set limits, make terminals and
/// load the command filter.
/// </summary>
internal static class OuterRules
{
    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
    private static readonly uint[] s_namespaces = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000];

    private const uint NewTime = 0x80;

    public static IEnumerable<(string Name, SyscallRule Rule)> For(bool refuseSetIdBits) =>
    [
        ("clone", RefuseBits(s_namespaces)),
        ("unshare", RefuseBits([.. s_namespaces, NewTime])),
        ("socket", SocketRules.Outer),
        ("ioctl", DeviceControlRules.Rule),
        ("seccomp", ProcessControlRules.OuterSeccomp),
        .. FileModeRules.Outer(refuseSetIdBits),
    ];

    private static SyscallRule RefuseBits(IEnumerable<uint> bits) =>
        new([.. bits.Select(bit => new SyscallClause([IntBits(0, bit, bit)], s_eperm))], SeccompVerdict.Allow);
}
