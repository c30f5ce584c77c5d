using Vitrine.Guest.Init;
using Vitrine.Linux.Files;
using Vitrine.Linux.Polling;
using Vitrine.Linux.Sandboxing;
using Vitrine.Linux.Sockets;

namespace Vitrine.Guest.Exec;

/// <summary>
/// Runners: one per command, as its subreaper. One that is free again serves the next command, since nothing of a command ever touches the
/// runner's own limits, ids or files; so many as the host asked for are kept ready.
/// </summary>
internal sealed class RunnerPool(GuestContext context)
{
    /// <summary>Milliseconds to let a started command have the processor before the next helper is prepared.</summary>
    private const int PrepareDelay = 20;

    private readonly List<RunnerLink> _all = [];
    private readonly List<RunnerLink> _idle = [];
    private readonly ChildLauncher _launcher = new();
    private long _prepareAt = long.MaxValue;
    private long _earliest = long.MaxValue;

    /// <summary>For one message at a time; pages are touched as far as messages are long.</summary>
    internal MappedBuffer Scratch { get; } = new(72 * 1024);

    /// <summary>A free runner, or a new one.</summary>
    /// <param name="failure">Why there is none.</param>
    internal RunnerLink? Take(out LaunchFailure failure)
    {
        PrepareSoon();
        failure = default;
        if (_idle.Count == 0)
            return Start(out failure);
        RunnerLink link = _idle[^1];
        _idle.RemoveAt(_idle.Count - 1);
        return link;
    }

    /// <summary>A runner's command is over.</summary>
    internal void Return(RunnerLink link)
    {
        if (_idle.Count < context.Setup.PreparedHelpers)
        {
            _idle.Add(link);
            return;
        }

        Drop(link);
    }

    /// <summary>A runner is of no use: more than are kept, or one that did not come up.</summary>
    internal void Drop(RunnerLink link)
    {
        _all.Remove(link);
        _idle.Remove(link);
        link.Dispose();
    }

    /// <summary>Prepares runners a little later.</summary>
    internal void PrepareSoon()
    {
        if (_prepareAt == long.MaxValue && context.Setup.PreparedHelpers > 0)
            _prepareAt = Environment.TickCount64 + PrepareDelay;
    }

    /// <summary>Some runner has a deadline now.</summary>
    internal void DeadlineSet() => _earliest = long.MinValue;

    /// <summary>Milliseconds until <see cref="OnTime"/> has something to do; −1 for never.</summary>
    internal int NextTimeout()
    {
        if (_earliest == long.MinValue)
            FindEarliest();
        long next = Math.Min(_prepareAt, _earliest);
        return next == long.MaxValue ? -1 : (int)Math.Clamp(next - Environment.TickCount64, 0, int.MaxValue);
    }

    /// <summary>Does what is due.</summary>
    internal void OnTime()
    {
        long now = Environment.TickCount64;
        if (now >= _prepareAt)
            Prepare();
        if (now < _earliest)
            return;
        foreach (RunnerLink link in _all)
        {
            if (now >= link.Deadline)
                link.OnDeadline();
        }

        FindEarliest();
    }

    private void Prepare()
    {
        _prepareAt = long.MaxValue;
        if (_idle.Count >= Math.Min((int)context.Setup.PreparedHelpers, 4))
            return;
        if (Start(out _) is not { } link)
            return; // no process left now: the next command tries again
        _idle.Add(link);
        PrepareSoon();
    }

    private RunnerLink? Start(out LaunchFailure failure)
    {
        (Descriptor ours, Descriptor theirs) = StreamSocket.CreateMessagePair();
        using (theirs)
        using (Descriptor none = DescriptorIo.DuplicateFrom(0, 3))
        {
            int pid = _launcher.Start(
                new LaunchRequest
                {
                    Arguments = ["/proc/self/exe", "runner"],
                    ArgumentZero = "vitrine-guest",

                    // Hexadecimal: a small first generation keeps the heap of a helper that never does much at its start size.
                    Environment = ["DOTNET_GCgen0size=10000"],
                    WorkingDirectory = "/",
                    Input = none.Number,
                    Output = none.Number,
                    Error = none.Number,
                    Extra = theirs.Number,
                    BlockedSignals = SignalSet.Of(SignalSet.SIGCHLD),
                },
                out failure);
            if (pid == 0)
            {
                ours.Dispose();
                return null;
            }
        }

        var link = new RunnerLink(this, context.Loop, ours);
        _all.Add(link);
        link.Setup(context.Setup);
        return link;
    }

    private void FindEarliest()
    {
        _earliest = long.MaxValue;
        foreach (RunnerLink link in _all)
            _earliest = Math.Min(_earliest, link.Deadline);
    }
}
