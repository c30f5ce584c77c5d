using System.Runtime.InteropServices;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Polling;

/// <summary>Signal numbers as the kernel's 64-bit set, and what a process does with them.</summary>
public static class SignalSet
{
    /// <summary>Child stopped or terminated.</summary>
    public const int SIGCHLD = 17;

    /// <summary>Killed; cannot be caught.</summary>
    public const int SIGKILL = 9;

    /// <summary>Stopped; cannot be caught.</summary>
    public const int SIGSTOP = 19;

    /// <summary>Write to a pipe without a reader.</summary>
    public const int SIGPIPE = 13;

    /// <summary>The set of one signal, 1 to 64.</summary>
    public static ulong Of(int signal) => 1UL << (signal - 1);

    /// <summary>
    /// Ignores a signal in this process. SIGCHLD ignored means that ended children, and orphans given to this process, never become zombies
    /// (wait(2), notes).
    /// </summary>
    /// <exception cref="LinuxException">The number is none that can be ignored.</exception>
    public static void Ignore(int signal)
    {
        if (ProcessCalls.Signal(signal, 1) == -1)
            throw new LinuxException("signal", "", Marshal.GetLastPInvokeError());
    }

    /// <summary>Blocks all signals in this thread.</summary>
    /// <returns>The set that was blocked before.</returns>
    internal static unsafe ulong BlockAll()
    {
        byte* set = stackalloc byte[128];
        byte* old = stackalloc byte[128];
        new Span<byte>(set, 128).Fill(0xff);
        ProcessCalls.SignalMask(2, set, old); // SIG_SETMASK
        return *(ulong*)old;
    }

    internal static unsafe void Restore(ulong signals)
    {
        byte* set = stackalloc byte[128];
        new Span<byte>(set, 128).Clear();
        *(ulong*)set = signals;
        ProcessCalls.SignalMask(2, set, null);
    }
}
