using Vitrine.Linux.Polling;

namespace Vitrine.Guest.Init;

/// <summary>Tells one handler that its descriptor is ready.</summary>
internal interface IReadyHandler
{
    /// <summary>Called by the loop; the handler may dispose any watch, its own included.</summary>
    void OnReady(PollEvents events);
}

/// <summary>The one thread's loop over epoll(7).</summary>
internal sealed class EventLoop
{
    private readonly EpollSet _set = new();
    private readonly ReadyEvent[] _ready = new ReadyEvent[32];
    private Watch?[] _watches = new Watch?[16];
    private uint _generation;

    internal EpollSet Set => _set;

    /// <summary>Starts to watch a descriptor, for nothing yet.</summary>
    internal Watch Watch(int fd, IReadyHandler handler)
    {
        int slot = Array.IndexOf(_watches, null);
        if (slot < 0)
        {
            slot = _watches.Length;
            Array.Resize(ref _watches, slot * 2);
        }

        // The generation tells an event of a descriptor closed earlier in the same round from one of its successor in the slot.
        var watch = new Watch(this, fd, handler, ((ulong)++_generation << 32) | (uint)slot);
        _watches[slot] = watch;
        return watch;
    }

    internal void Forget(ulong token) => _watches[(uint)token] = null;

    /// <summary>Waits once and tells the handlers.</summary>
    internal void Turn(int timeoutMilliseconds)
    {
        int count = _set.Wait(_ready, timeoutMilliseconds);
        for (int i = 0; i < count; i++)
        {
            Watch? watch = _watches[(uint)_ready[i].Token];
            if (watch is not null && watch.Token == _ready[i].Token)
                watch.Handler.OnReady(_ready[i].Events);
        }
    }
}
