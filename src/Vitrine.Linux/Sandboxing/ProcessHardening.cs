using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sandboxing;

/// <summary>What a process does to itself once (prctl(2)).</summary>
public static class ProcessHardening
{
    /// <summary>Makes /proc/PID of this process root's and ptrace(2) of it impossible without CAP_SYS_PTRACE (PR_SET_DUMPABLE 0).</summary>
    /// <exception cref="LinuxException">Refused.</exception>
    public static void DenyDumps() => Control(4, 0);

    /// <summary>No execve(2) of this process or its children gains privileges any more (PR_SET_NO_NEW_PRIVS).</summary>
    /// <exception cref="LinuxException">Refused.</exception>
    public static void DenyNewPrivileges() => Control(38, 1);

    /// <summary>Orphans below this process become its children (PR_SET_CHILD_SUBREAPER).</summary>
    /// <exception cref="LinuxException">Refused.</exception>
    public static void BecomeSubreaper() => Control(36, 1);

    /// <summary>This process's id in its own pid namespace.</summary>
    public static int Pid => ProcessCalls.GetPid();

    /// <summary>This process's effective uid and gid in its own user namespace.</summary>
    public static (uint Uid, uint Gid) Identity => (ProcessCalls.GetEffectiveUid(), ProcessCalls.GetEffectiveGid());

    /// <summary>Ends this process at once, without the runtime's own shutdown (_exit(2)).</summary>
    public static void Exit(int code) => ProcessCalls.Exit(code);

    private static void Control(int option, nuint value)
    {
        if (ProcessCalls.ProcessControl(option, value, 0, 0, 0) != 0)
            throw new LinuxException("prctl", "", Marshal.GetLastPInvokeError());
    }
}
