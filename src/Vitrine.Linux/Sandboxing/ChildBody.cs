using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sandboxing;

/// <summary>
/// What runs in the child of clone(2), in the parent's memory and on a stack of its own, while the parent stands still
/// (CLONE_VM|CLONE_VFORK):
/// what posix_spawn(3) does in C, with the steps it lacks. Only raw system calls on a plan laid out before.
/// </summary>
internal static unsafe class ChildBody
{
    [UnmanagedCallersOnly]
    internal static int Run(void* argument)
    {
        var plan = (ChildPlan*)argument;
        LaunchStep failed = Prepare(plan);
        if (failed == LaunchStep.None)
        {
            Execute(plan);
            failed = LaunchStep.Execute;
        }
        else
        {
            plan->FailedErrno = *ProcessCalls.ErrnoLocation();
        }

        plan->FailedStep = failed;
        return 127;
    }

    private static LaunchStep Prepare(ChildPlan* plan)
    {
        ResetSignals();
        Call(SysCallNumbers.SetSession);
        if (!PlaceStreams(plan))
            return LaunchStep.Streams;
        if (plan->ControllingTerminal && Call(SysCallNumbers.Ioctl, 0, 0x540E) != 0) // TIOCSCTTY
            return LaunchStep.Terminal;
        if (!plan->KeepIdentity)
        {
            LaunchStep failed = LowerIdentity(plan);
            if (failed != LaunchStep.None)
                return failed;
        }

        // With the command's own identity: a directory it may not enter is refused here as it would be later.
        if (plan->Directory != null && Call(SysCallNumbers.ChangeDirectory, (nint)plan->Directory) != 0)
            return LaunchStep.Directory;
        ulong mask = plan->SignalMask;
        Call(SysCallNumbers.RtSigProcMask, 2, (nint)(&mask), 0, 8);
        if (plan->Filter == null)
            return LaunchStep.None;

        // struct sock_fprog: u16 len, pointer. Last, since the filter need not allow what the steps above used.
        nint* program = stackalloc nint[2];
        program[0] = plan->FilterInstructions;
        program[1] = (nint)plan->Filter;
        return Call(SysCallNumbers.Seccomp, 1, 0, (nint)program) == 0 ? LaunchStep.None : LaunchStep.Filter; // SECCOMP_SET_MODE_FILTER
    }

    /// <summary>Ignored signals stay ignored across execve(2), and the runtime ignores SIGPIPE.</summary>
    private static void ResetSignals()
    {
        nint* action = stackalloc nint[4];
        action[0] = action[1] = action[2] = action[3] = 0;
        for (int signal = 1; signal <= 64; signal++)
            Call(SysCallNumbers.RtSigAction, signal, (nint)action, 0, 8);
    }

    private static bool PlaceStreams(ChildPlan* plan)
    {
        if (Call(SysCallNumbers.Dup3, plan->Input, 0) < 0 || Call(SysCallNumbers.Dup3, plan->Output, 1) < 0 || Call(SysCallNumbers.Dup3, plan->Error, 2) < 0)
            return false;
        int next = 3;
        if (plan->Extra >= 0)
        {
            // dup3(2) refuses equal numbers, and would leave close-on-exec set.
            if (plan->Extra == 3 ? Call(SysCallNumbers.Fcntl, 3, OpenFlags.F_SETFD, 0) < 0 : Call(SysCallNumbers.Dup3, plan->Extra, 3) < 0)
                return false;
            next = 4;
        }

        Call(SysCallNumbers.CloseRange, next, unchecked((nint)uint.MaxValue));
        return true;
    }

    /// <summary>HARDENING 5: limits, bounding set, groups, gid, uid, capabilities.</summary>
    private static LaunchStep LowerIdentity(ChildPlan* plan)
    {
        ulong* pair = stackalloc ulong[2];
        for (int i = 0; i < plan->LimitCount; i++)
        {
            ChildLimit limit = plan->Limits[i];
            if (Call(SysCallNumbers.ResourceLimit, 0, limit.Resource, 0, (nint)pair) != 0)
                return LaunchStep.Limits;

            // Above what this process has itself needs CAP_SYS_RESOURCE: the lower of both holds.
            pair[0] = pair[1] = limit.Value < pair[1] ? limit.Value : pair[1];
            if (Call(SysCallNumbers.ResourceLimit, 0, limit.Resource, (nint)pair) != 0)
                return LaunchStep.Limits;
        }

        Call(SysCallNumbers.Umask, plan->Umask);
        if (Call(SysCallNumbers.ProcessControl, 38, 1) != 0)
            return LaunchStep.NoNewPrivileges;
        for (int capability = 0; capability <= Capabilities.Last; capability++)
        {
            // PR_CAPBSET_READ is 1, 0, or fails after the kernel's last one. Without CAP_SETPCAP, and so without switching, no_new_privs
            // alone must do.
            if (Call(SysCallNumbers.ProcessControl, 23, capability) != 1 || (plan->Capabilities & (1UL << capability)) != 0)
                continue;
            if (Call(SysCallNumbers.ProcessControl, 24, capability) != 0 && plan->SwitchUser) // PR_CAPBSET_DROP
                return LaunchStep.Bounding;
        }

        if (plan->SwitchUser && !TakeIdentity(plan))
            return LaunchStep.Identity;
        return TakeCapabilities(plan->Capabilities) ? LaunchStep.None : LaunchStep.Capabilities;
    }

    private static bool TakeIdentity(ChildPlan* plan)
    {
        // A rootless namespace may forbid setgroups(2); with nothing to change there is nothing to ask.
        bool groupsDiffer = plan->GroupCount != 0 || Call(SysCallNumbers.GetGroups, 0, 0) != 0;
        return (!groupsDiffer || Call(SysCallNumbers.SetGroups, plan->GroupCount, (nint)plan->Groups) == 0)
            && Call(SysCallNumbers.SetResGid, (nint)plan->Gid, (nint)plan->Gid, (nint)plan->Gid) == 0
            && Call(SysCallNumbers.SetResUid, (nint)plan->Uid, (nint)plan->Uid, (nint)plan->Uid) == 0;
    }

    private static bool TakeCapabilities(ulong kept)
    {
        Call(SysCallNumbers.ProcessControl, 47, 4); // PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL
        uint* header = stackalloc uint[2] { 0x20080522, 0 };
        uint* data = stackalloc uint[6]
        {
            (uint)kept, (uint)kept, (uint)kept, (uint)(kept >> 32), (uint)(kept >> 32), (uint)(kept >> 32),
        };
        return Call(SysCallNumbers.CapabilitySet, (nint)header, (nint)data) == 0;
    }

    /// <summary>Tries the candidates in order, as execvp(3) does: the first error other than "not there" is told when none runs.</summary>
    private static void Execute(ChildPlan* plan)
    {
        int reason = Errno.ENOENT;
        for (byte** candidate = plan->Candidates; *candidate != null; candidate++)
        {
            Call(SysCallNumbers.Execve, (nint)(*candidate), (nint)plan->Arguments, (nint)plan->Environment);
            int errno = *ProcessCalls.ErrnoLocation();
            if (errno is not (Errno.ENOENT or Errno.ENOTDIR))
                reason = errno;
            if (errno is not (Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES))
                break;
        }

        plan->FailedErrno = reason;
    }

    private static nint Call(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0) => ProcessCalls.RawSysCall(number, a, b, c, d, 0);
}
