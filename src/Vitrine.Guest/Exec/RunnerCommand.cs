using Vitrine.Linux.Polling;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>A running command in its runner: waits, signals, its deadline.</summary>
internal sealed class RunnerCommand(int pid, CommandRequest request, RunnerOutbox outbox, SignalQueue children)
{
    private readonly long _deadline = request.TimeoutMilliseconds == 0 ? long.MaxValue : Environment.TickCount64 + request.TimeoutMilliseconds;
    private bool _exited;
    private bool _timedOut;

    /// <summary>Whether no process of it is left.</summary>
    internal bool IsOver { get; private set; }

    /// <summary>Milliseconds until <see cref="OnTime"/> has something to do; −1 for never.</summary>
    internal int NextTimeout() =>
        _deadline == long.MaxValue || _timedOut ? -1 : (int)Math.Clamp(_deadline - Environment.TickCount64, 0, int.MaxValue);

    /// <summary>Kills the tree when its time is over.</summary>
    internal void OnTime()
    {
        if (_timedOut || Environment.TickCount64 < _deadline)
            return;
        _timedOut = true;
        KillTree();
    }

    /// <summary>Takes the children that ended.</summary>
    internal void Reap()
    {
        while (!IsOver)
        {
            int taken = ChildWait.TryTake(out EndedChild child);
            if (taken == 0)
                return;
            if (taken < 0)
                IsOver = true;
            else if (child.Pid == pid && !_exited)
                OnFirstEnded(in child);
        }
    }

    internal void Signal(byte signal, SignalScope scope, int group)
    {
        switch (scope)
        {
            case SignalScope.Tree when signal == SignalSet.SIGKILL:
                KillTree();
                return;
            case SignalScope.Tree:
                ToDescendants(signal, 0);
                return;
            case SignalScope.Group when group > 1:
                ProcessSignal.SendToGroup(group, signal);
                return;

            // Once the first process is reaped its number may be another's: then only by looking at each.
            case SignalScope.Group when _exited:
                ToDescendants(signal, pid);
                return;
            case SignalScope.Group:
                ProcessSignal.SendToGroup(pid, signal);
                return;
            case SignalScope.Process when !_exited:
                ProcessSignal.SendToChild(pid, signal);
                return;
        }
    }

    private static void ToDescendants(int signal, int group)
    {
        using var table = new ProcessTable();
        table.SignalDescendants(signal, group, repeatUntilNoneNew: false);
    }

    private void OnFirstEnded(in EndedChild child)
    {
        _exited = true;
        outbox.Exited(in child, _timedOut);
        if (request.KillTreeOnExit)
            KillTree();
    }

    private void KillTree()
    {
        // The common case first: nothing but the first process is left, and it may be gone already.
        Reap();
        if (!IsOver)
            TreeSweep.Run(children, Reap, () => IsOver, outbox);
    }
}
