using Vitrine.Linux.Polling;

namespace Vitrine.Guest.Init;

/// <summary>A descriptor in the loop. Disposed before the descriptor is closed.</summary>
internal sealed class Watch(EventLoop loop, int fd, IReadyHandler handler, ulong token) : IDisposable
{
    private PollEvents _events;

    internal ulong Token => token;

    internal IReadyHandler Handler => handler;

    /// <summary>Waits for these from now on. None takes it out of the set: a hang-up would be told again and again otherwise.</summary>
    internal void For(PollEvents events)
    {
        if (events == _events)
            return;
        if (events == PollEvents.None)
            loop.Set.Remove(fd);
        else if (_events == PollEvents.None)
            loop.Set.Add(fd, events, token);
        else
            loop.Set.Modify(fd, events, token);
        _events = events;
    }

    public void Dispose()
    {
        For(PollEvents.None);
        loop.Forget(token);
    }
}
