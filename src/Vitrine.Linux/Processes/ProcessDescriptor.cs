using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Processes;

/// <summary>A process by pidfd (pidfd_open(2)): it never names another process, however often ids are used again.</summary>
public sealed class ProcessDescriptor : IDisposable
{
    private ProcessDescriptor(int pid, SafeFileHandle handle) => (Pid, Handle) = (pid, handle);

    /// <summary>Its id, for messages and /proc; check <see cref="HasExited"/> after reading /proc by it.</summary>
    public int Pid { get; }

    /// <summary>The descriptor; readable once the process has ended.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Opens a process.</summary>
    /// <exception cref="LinuxException">No such process.</exception>
    public static ProcessDescriptor Open(int pid)
    {
        long fd = ProcessCalls.pidfd_open(ProcessCalls.SYS_pidfd_open, pid, 0);
        return fd < 0
            ? throw LinuxException.Last("pidfd_open", pid.ToString(CultureInfo.InvariantCulture))
            : new ProcessDescriptor(pid, ProcessCalls.Own(fd));
    }

    /// <summary>Whether it has ended, reaped or not.</summary>
    public bool HasExited => Reactor.IsReadable(Handle);

    /// <summary>Sends a signal; nothing when the process has ended.</summary>
    /// <exception cref="LinuxException">Not permitted.</exception>
    public void Signal(int number)
    {
        if (ProcessCalls.pidfd_send_signal(ProcessCalls.SYS_pidfd_send_signal, Handle, number, 0, 0) < 0
            && Marshal.GetLastPInvokeError() != Errno.ESRCH)
            throw LinuxException.Last("pidfd_send_signal", Pid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Completes when the process has ended. Does not reap it.</summary>
    public Task WaitAsync(CancellationToken cancellationToken = default) => Reactor.Shared.ReadableAsync(Handle, cancellationToken);

    /// <summary>Takes the status of an ended child of this process.</summary>
    /// <returns>Exit code, or 128 + signal; null when it is not our child, or somebody else took it.</returns>
    public unsafe int? Reap()
    {
        // siginfo_t: si_code at 8, si_status at 24 on 64-bit Linux; si_code CLD_EXITED is 1 (sigaction(2)).
        byte* info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        while (ProcessCalls.waitid(ProcessCalls.P_PIDFD, Handle, info, ProcessCalls.WEXITED | ProcessCalls.WNOHANG) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                return null;
        }

        int code = *(int*)(info + 8), status = *(int*)(info + 24);
        return code switch { 0 => null, 1 => status, _ => 128 + status };
    }

    /// <summary>Makes this process the parent of its orphaned descendants (PR_SET_CHILD_SUBREAPER), so that their ids stay valid until they are reaped here.</summary>
    public static void BecomeSubreaper()
    {
        const int PR_SET_CHILD_SUBREAPER = 36;
        if (ProcessCalls.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
            throw LinuxException.Last("prctl", "PR_SET_CHILD_SUBREAPER");
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
