namespace Vitrine.Egress.Tests;

/// <summary>A clock that moves when told. Timers are the system's.</summary>
public sealed class SteppedTime(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public void Advance(TimeSpan time) => _now += time;

    public override DateTimeOffset GetUtcNow() => _now;
}
