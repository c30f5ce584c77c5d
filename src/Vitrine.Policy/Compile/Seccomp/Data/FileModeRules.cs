using static Vitrine.Policy.Compile.Seccomp.ArgumentTest;

namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>
/// System calls that take a file mode. Device nodes are always refused (a whiteout, device 0:0, needs no capability since Linux 5.8);
/// set-id bits where a host directory is writable. inode(7) for the bits. The kernel reads a mode as 16 bits, so the low half decides.
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

    private static readonly ModeCall[] s_modes =
    [
        new("chmod", 1), new("fchmod", 1), new("fchmodat", 2), new("fchmodat2", 2), new("creat", 1), new("mkdir", 1), new("mkdirat", 2),
    ];

    // The flags come just before the mode.
    private static readonly ModeCall[] s_opens = [new("open", 2), new("openat", 3)];
    private static readonly ModeCall[] s_nodes = [new("mknod", 1), new("mknodat", 2)];

    public static IReadOnlyList<ConditionalSyscall> All { get; } =
    [
        .. s_modes.Select(call => new ConditionalSyscall(call.Name, "file-modes",
            "Any mode; no set-id bits while a host directory is writable.",
            request => request.RefuseSetIdBits
                ? ConditionalRules.AllowIf(s_eperm, IntBits(call.Mode, SetIds, 0))
                : SyscallRule.Always(SeccompVerdict.Allow))),
        .. s_opens.Select(call => new ConditionalSyscall(call.Name, "file-modes",
            "Any flags; no set-id bits in a new file's mode while a host directory is writable.",
            request => request.RefuseSetIdBits ? OpenRule(call.Mode - 1, call.Mode) : SyscallRule.Always(SeccompVerdict.Allow))),
        new("openat2", "file-modes",
            "Its mode lies behind a pointer; ENOSYS while a host directory is writable, and programs fall back to openat.",
            request => SyscallRule.Always(request.RefuseSetIdBits ? s_enosys : SeccompVerdict.Allow)),
        .. s_nodes.Select(call => new ConditionalSyscall(call.Name, "file-nodes",
            "Files, FIFOs and sockets, no devices; no set-id bits while a host directory is writable.",
            request => NodeRule(call.Mode, request.RefuseSetIdBits))),
    ];

    /// <summary>The outer filter's form: what is refused, anything else allowed.</summary>
    public static IEnumerable<NamedRule> Outer(bool refuseSetIdBits)
    {
        foreach (var (name, mode) in s_nodes)
        {
            List<SyscallClause> clauses = [Refuse(IntBits(mode, TypeMask, CharacterDevice)), Refuse(IntBits(mode, TypeMask, BlockDevice))];
            if (refuseSetIdBits)
                clauses.AddRange(SetIdClauses(mode));
            yield return new(name, new(clauses, SeccompVerdict.Allow));
        }

        if (!refuseSetIdBits)
            yield break;
        yield return new("openat2", SyscallRule.Always(s_enosys));
        foreach (var (name, mode) in s_modes)
            yield return new(name, new([.. SetIdClauses(mode)], SeccompVerdict.Allow));
        foreach (var (name, mode) in s_opens)
        {
            var flags = mode - 1;
            yield return new(name, new(
                [.. SetIdClauses(mode, IntBits(flags, Creates, Creates)),
                    .. SetIdClauses(mode, IntBits(flags, CreatesUnnamed, CreatesUnnamed))],
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
        return new(ConditionalRules.Clauses(SeccompVerdict.Allow, s_nodeTypes, type => [IntBits(mode, mask, type)]), s_eperm);
    }

    private static SyscallClause Refuse(params ArgumentTest[] tests) => new(tests, s_eperm);

    private static SyscallClause[] SetIdClauses(int mode, params ArgumentTest[] also) =>
        [Refuse([IntBits(mode, SetUserId, SetUserId), .. also]), Refuse([IntBits(mode, SetGroupId, SetGroupId), .. also])];

    /// <summary>A call and which of its arguments is the mode.</summary>
    private sealed record ModeCall(string Name, int Mode);
}
