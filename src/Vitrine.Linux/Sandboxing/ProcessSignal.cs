using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sandboxing;

/// <summary>Signals to processes.</summary>
public static class ProcessSignal
{
    /// <summary>Sends to a process that is a child not yet waited for, so that its number cannot mean another (kill(2)).</summary>
    /// <returns>0, or −errno.</returns>
    public static int SendToChild(int pid, int signal) => ProcessCalls.Kill(pid, signal) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>Sends to all of a process group.</summary>
    /// <returns>0, or −errno.</returns>
    public static int SendToGroup(int group, int signal) => ProcessCalls.Kill(-group, signal) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>Opens a handle to a process: what is sent through it reaches that process or none (pidfd_open(2)).</summary>
    /// <returns>The handle; invalid when there is no such process.</returns>
    public static Descriptor Open(int pid) => new((int)ProcessCalls.SysCall(SysCallNumbers.PidfdOpen, pid, 0, 0, 0, 0));

    /// <summary>Sends through a handle (pidfd_send_signal(2)).</summary>
    /// <returns>0, or −errno.</returns>
    public static int Send(Descriptor process, int signal) =>
        ProcessCalls.SysCall(SysCallNumbers.PidfdSendSignal, process.Number, signal, 0, 0, 0) == 0 ? 0 : -Marshal.GetLastPInvokeError();
}
