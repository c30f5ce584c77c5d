using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>
/// Which sockets there are: local, TCP and UDP, and the netlink that lists addresses. socket(2), bits/socket.h, linux/netlink.h.
/// </summary>
internal static class SocketRules
{
    private const uint Unix = 1;
    private const uint Inet = 2;
    private const uint Inet6 = 10;
    private const uint Netlink = 16;
    private const uint Stream = 1;
    private const uint Datagram = 2;
    private const uint Raw = 3;
    private const uint Tcp = 6;
    private const uint Udp = 17;
    private const uint NetlinkRoute = 0;

    // SOCK_TYPE_MASK: the bits above are SOCK_NONBLOCK and SOCK_CLOEXEC.
    private const uint TypeMask = 0xF;

    private static readonly uint[] s_familiesBetween = [3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15];
    private static readonly (uint Type, uint Protocol)[] s_internet = [(Stream, 0), (Stream, Tcp), (Datagram, 0), (Datagram, Udp)];
    private static readonly SeccompVerdict s_noFamily = SeccompVerdict.Errno(Errno.EAFNOSUPPORT);
    private static readonly SeccompVerdict s_noProtocol = SeccompVerdict.Errno(Errno.EPROTONOSUPPORT);
    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);

    public static IReadOnlyList<ConditionalSyscall> All { get; } =
    [
        new("socket", "new-sockets",
            "AF_UNIX, TCP and UDP, and NETLINK_ROUTE (libc lists addresses with it); every other family is kernel code that few look at.",
            _ => SocketRule()),
        new("socketpair", "new-sockets", "Pairs of AF_UNIX only; the kernel has no others but TIPC.",
            _ => ConditionalRules.AllowIf(s_noFamily, IntEquals(0, Unix))),
    ];

    /// <summary>The outer filter's shorter form: what is never wanted, anything else allowed.</summary>
    public static SyscallRule Outer { get; } = new(
        [
            .. ConditionalRules.Clauses(s_noFamily, s_familiesBetween, family => [IntEquals(0, family)]),
            new([IntAtLeast(0, Netlink + 1)], s_noFamily),
            new([IntEquals(0, Netlink), IntAtLeast(2, NetlinkRoute + 1)], s_noProtocol),
            new([IntBits(1, TypeMask, Raw), IntEquals(0, Inet)], s_eperm),
            new([IntBits(1, TypeMask, Raw), IntEquals(0, Inet6)], s_eperm),
        ],
        SeccompVerdict.Allow);

    private static SyscallRule SocketRule()
    {
        List<SyscallClause> clauses = [new([IntEquals(0, Unix)], SeccompVerdict.Allow)];
        foreach (var family in (ReadOnlySpan<uint>)[Inet, Inet6])
        {
            foreach (var (type, protocol) in s_internet)
                clauses.Add(new([IntEquals(0, family), IntBits(1, TypeMask, type), IntEquals(2, protocol)], SeccompVerdict.Allow));
        }

        clauses.Add(new([IntEquals(0, Netlink), IntEquals(2, NetlinkRoute)], SeccompVerdict.Allow));
        foreach (var family in (ReadOnlySpan<uint>)[Inet, Inet6])
        {
            clauses.Add(new([IntEquals(0, family), IntBits(1, TypeMask, Raw)], s_eperm));
            clauses.Add(new([IntEquals(0, family)], s_noProtocol));
        }

        clauses.Add(new([IntEquals(0, Netlink)], s_noProtocol));
        return new(clauses, s_noFamily);
    }
}
