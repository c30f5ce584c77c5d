using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sandboxing;

/// <summary>A child that ended (wait4(2)).</summary>
/// <param name="Pid">Its pid, free again now.</param>
/// <param name="Code">Exit code; 0 when a signal ended it.</param>
/// <param name="Signal">The signal; 0 when it exited.</param>
/// <param name="UserMicroseconds">CPU in user mode, with its waited-for children.</param>
/// <param name="SystemMicroseconds">CPU in the kernel.</param>
/// <param name="PeakResidentBytes">Peak resident bytes of the largest of them.</param>
public readonly record struct EndedChild(int Pid, byte Code, byte Signal, ulong UserMicroseconds, ulong SystemMicroseconds, ulong PeakResidentBytes);

/// <summary>Waits for children.</summary>
public static unsafe class ChildWait
{
    /// <summary>Takes one child that ended, without waiting.</summary>
    /// <param name="ended">The child, when there is one.</param>
    /// <returns>1 when there is one; 0 when all children still run; −1 when there is no child at all.</returns>
    public static int TryTake(out EndedChild ended)
    {
        int status;

        // struct rusage on 64-bit Linux: two timevals (16 bytes each), then ru_maxrss in KiB.
        long* usage = stackalloc long[18];
        int pid;
        do
            pid = ProcessCalls.Wait4(-1, &status, 1 | 0x40000000, (byte*)usage); // WNOHANG|__WALL
        while (pid < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        ended = default;
        if (pid <= 0)
            return pid < 0 ? -1 : 0;
        byte signal = (byte)(status & 0x7f);
        ended = new EndedChild(
            pid,
            signal == 0 ? (byte)(status >> 8) : (byte)0,
            signal,
            (ulong)((usage[0] * 1_000_000) + usage[1]),
            (ulong)((usage[2] * 1_000_000) + usage[3]),
            (ulong)usage[4] * 1024);
        return 1;
    }
}
