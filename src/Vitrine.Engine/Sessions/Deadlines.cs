using Vitrine.Policy.Plans;

namespace Vitrine.Engine.Sessions;

/// <summary>
/// The sandbox's own clocks. Wall clock: from creation, also while paused. Idle: no call and less than 1 % of one CPU since the last look; stands still
/// while paused.
/// </summary>
internal sealed class Deadlines(LimitsPlan limits, TimeProvider clock, Func<TimeSpan> readCpu)
{
    private const double IdleCpuShare = 0.01;
    private readonly long _created = clock.GetTimestamp();
    private long _lastUse = clock.GetTimestamp();
    private volatile bool _paused;

    /// <summary>Notes that somebody used the sandbox.</summary>
    public void Touch() => Volatile.Write(ref _lastUse, clock.GetTimestamp());

    /// <summary>Notes that the sandbox is paused or goes on.</summary>
    public void SetPaused(bool paused)
    {
        _paused = paused;
        Touch();
    }

    /// <summary>Waits until one of the clocks is over and says which; cancelled when the sandbox ended otherwise.</summary>
    public async Task<EndReason> WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan lastCpu = limits.Idle > TimeSpan.Zero ? readCpu() : TimeSpan.Zero;
        long lastLook = clock.GetTimestamp();
        while (true)
        {
            TimeSpan wait = NextLook();
            await Task.Delay(wait, clock, cancellationToken).ConfigureAwait(false);
            if (limits.WallClock > TimeSpan.Zero && clock.GetElapsedTime(_created) >= limits.WallClock)
                return EndReason.Timeout;
            if (limits.Idle <= TimeSpan.Zero)
                continue;
            TimeSpan cpu = readCpu();
            TimeSpan passed = clock.GetElapsedTime(lastLook);
            lastLook = clock.GetTimestamp();
            if (_paused || (cpu - lastCpu) > passed * IdleCpuShare)
                Touch();
            lastCpu = cpu;
            if (clock.GetElapsedTime(Volatile.Read(ref _lastUse)) >= limits.Idle)
                return EndReason.IdleTimeout;
        }
    }

    private TimeSpan NextLook()
    {
        // Task.Delay takes at most about 49 days.
        TimeSpan wait = TimeSpan.FromDays(40);
        if (limits.WallClock > TimeSpan.Zero)
            wait = Min(wait, limits.WallClock - clock.GetElapsedTime(_created));
        if (limits.Idle > TimeSpan.Zero)
            wait = Min(wait, Min(limits.Idle / 10, TimeSpan.FromSeconds(30)));
        return wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
