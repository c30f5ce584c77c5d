using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>
/// System calls that take a file mode. Device nodes are always refused (a whiteout, device 0:0, needs no capability since Linux 5.8); set-id bits where a host
/// directory is writable. inode(7) for the bits. The kernel reads a mode as 16 bits, so the low half decides.
/// </summary>
internal static class FileModeRules
{
    private const uint SetUserId = 0x800;
    private const uint SetGroupId = 0x400;
    private const uint SetIds = SetUserId | SetGroupId;
    private const uint TypeMask = 0xF000;
    private const uint CharacterDevice = 0x2000;
    private const uint BlockDevice = 0x6000;

    // O_CREAT and __O_TMPFILE, the same on both architectures. Without them the mode is not looked at, and may be anything.
    private const uint Creates = 0x40;
    private const uint CreatesUnnamed = 0x400000;

    private static readonly uint[] s_nodeTypes = [0, 0x8000, 0x1000, 0xC000];
    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);
    private static readonly SeccompVerdict s_enosys = SeccompVerdict.Errno(Errno.ENOSYS);

    private static readonly (string Name, int Mode)[] s_modes =
    [
        ("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("fchmodat2", 2), ("creat", 1), ("mkdir", 1), ("mkdirat", 2),
    ];

    private static readonly (string Name, int Flags, int Mode)[] s_opens = [("open", 1, 2), ("openat", 2, 3)];
    private static readonly (string Name, int Mode)[] s_nodes = [("mknod", 1), ("mknodat", 2)];

    public static IReadOnlyList<ConditionalSyscall> All { get; } =
    [
        .. s_modes.Select(call => new ConditionalSyscall(call.Name, "file-modes", "Any mode; no set-id bits while a host directory is writable.",
            request => request.RefuseSetIdBits ? ConditionalRules.AllowIf(s_eperm, IntBits(call.Mode, SetIds, 0)) : SyscallRule.Always(SeccompVerdict.Allow))),
        .. s_opens.Select(call => new ConditionalSyscall(call.Name, "file-modes", "Any flags; no set-id bits in a new file's mode while a host directory is writable.",
            request => request.RefuseSetIdBits ? OpenRule(call.Flags, call.Mode) : SyscallRule.Always(SeccompVerdict.Allow))),
        new("openat2", "file-modes", "Its mode lies behind a pointer; ENOSYS while a host directory is writable, and programs fall back to openat.",
            request => SyscallRule.Always(request.RefuseSetIdBits ? s_enosys : SeccompVerdict.Allow)),
        .. s_nodes.Select(call => new ConditionalSyscall(call.Name, "file-nodes", "Files, FIFOs and sockets, no devices; no set-id bits while a host directory is writable.",
            request => NodeRule(call.Mode, request.RefuseSetIdBits))),
    ];

    /// <summary>The outer filter's form: what is refused, anything else allowed.</summary>
    public static IEnumerable<(string Name, SyscallRule Rule)> Outer(bool refuseSetIdBits)
    {
        foreach (var (name, mode) in s_nodes)
        {
            List<SyscallClause> clauses = [Refuse(IntBits(mode, TypeMask, CharacterDevice)), Refuse(IntBits(mode, TypeMask, BlockDevice))];
            if (refuseSetIdBits)
                clauses.AddRange(SetIdClauses(mode));
            yield return (name, new(clauses, SeccompVerdict.Allow));
        }

        if (!refuseSetIdBits)
            yield break;
        yield return ("openat2", SyscallRule.Always(s_enosys));
        foreach (var (name, mode) in s_modes)
            yield return (name, new([.. SetIdClauses(mode)], SeccompVerdict.Allow));
        foreach (var (name, flags, mode) in s_opens)
        {
            yield return (name, new(
                [.. SetIdClauses(mode, IntBits(flags, Creates, Creates)), .. SetIdClauses(mode, IntBits(flags, CreatesUnnamed, CreatesUnnamed))],
                SeccompVerdict.Allow));
        }
    }

    private static SyscallRule OpenRule(int flags, int mode) => new(
        [
            new([IntBits(flags, Creates | CreatesUnnamed, 0)], SeccompVerdict.Allow),
            new([IntBits(mode, SetIds, 0)], SeccompVerdict.Allow),
        ],
        s_eperm);

    private static SyscallRule NodeRule(int mode, bool refuseSetIdBits)
    {
        var mask = refuseSetIdBits ? TypeMask | SetIds : TypeMask;
        return new([.. s_nodeTypes.Select(type => new SyscallClause([IntBits(mode, mask, type)], SeccompVerdict.Allow))], s_eperm);
    }

    private static SyscallClause Refuse(params ArgumentTest[] tests) => new(tests, s_eperm);

    private static SyscallClause[] SetIdClauses(int mode, params ArgumentTest[] also) =>
        [Refuse([IntBits(mode, SetUserId, SetUserId), .. also]), Refuse([IntBits(mode, SetGroupId, SetGroupId), .. also])];
}
