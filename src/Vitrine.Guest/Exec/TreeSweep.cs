using Vitrine.Linux.Polling;
using Vitrine.Linux.Sandboxing;

namespace Vitrine.Guest.Exec;

/// <summary>Something could not be killed; PID 1 was told.</summary>
internal sealed class TreeUnkillableException : Exception;

/// <summary>
/// Ends everything below this process within a second, without making one (HARDENING 6): stop all until no new one appears, so that none
/// forks any
/// more; kill all; take what ended. Again until nothing is left. Descendants cannot leave: orphans become this process's own children.
/// </summary>
internal static class TreeSweep
{
    private const int Budget = 1000;
    private const int Step = 10;

    /// <summary>Sweeps.</summary>
    /// <param name="children">Told when a child ended.</param>
    /// <param name="reap">Takes the children that ended.</param>
    /// <param name="isOver">Whether none is left.</param>
    /// <param name="outbox">Told when a second was not enough.</param>
    /// <exception cref="TreeUnkillableException">Something is left.</exception>
    internal static void Run(SignalQueue children, Action reap, Func<bool> isOver, RunnerOutbox outbox)
    {
        using var table = new ProcessTable();
        int spent = 0;
        while (true)
        {
            long before = Environment.TickCount64;
            table.SignalDescendants(SignalSet.SIGSTOP, 0, repeatUntilNoneNew: true);
            table.SignalDescendants(SignalSet.SIGKILL, 0, repeatUntilNoneNew: false);
            reap();
            if (isOver())
                return;
            PollPair.WaitReadable(children.Number, -1, Step);
            children.Drain();
            reap();
            if (isOver())
                return;

            // A sandbox that was frozen meanwhile has used none of its second.
            spent += (int)Math.Min(Environment.TickCount64 - before, 10 * Step);
            if (spent < Budget)
                continue;
            outbox.Unkillable();
            throw new TreeUnkillableException();
        }
    }
}
