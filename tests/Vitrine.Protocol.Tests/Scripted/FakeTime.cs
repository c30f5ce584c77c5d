namespace Vitrine.Protocol.Tests.Scripted;

/// <summary>A clock that moves when told to, and calls what is due on the thread that moves it.</summary>
internal sealed class FakeTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private long _now = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _now), TimeSpan.Zero);

    /// <summary>Moves on in steps no longer than a tick of the heartbeat.</summary>
    public void Advance(TimeSpan by)
    {
        for (TimeSpan step = TimeSpan.FromMilliseconds(500); by > TimeSpan.Zero; by -= step)
            Jump(by < step ? by : step);
    }

    /// <summary>Moves on at once, as a host does that was stopped.</summary>
    public void Jump(TimeSpan by)
    {
        long now = Interlocked.Add(ref _now, by.Ticks);
        FakeTimer[] timers;
        lock (_gate)
            timers = [.. _timers];
        foreach (FakeTimer timer in timers)
            timer.Fire(now);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_gate)
            _timers.Add(timer);
        return timer;
    }

    private sealed class FakeTimer(FakeTime owner, TimerCallback callback, object? state) : ITimer
    {
        private readonly Lock _timerGate = new();
        private long _due = long.MaxValue;
        private long _period;

        public void Fire(long now)
        {
            lock (_timerGate)
            {
                if (_due > now)
                    return;
                _due = _period > 0 ? now + _period : long.MaxValue;
            }

            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_timerGate)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : owner.GetTimestamp() + dueTime.Ticks;
                _period = period.Ticks;
            }

            return true;
        }

        public void Dispose()
        {
            lock (owner._gate)
                owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
