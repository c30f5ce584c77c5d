using Vitrine.Policy.Plans;

namespace Vitrine.Egress;

/// <summary>What one sandbox has moved by one rule, over all its connections, and how fast it may go on.</summary>
internal sealed class RuleMeter(EgressRule rule, TimeProvider clock)
{
    /// <summary>Bytes the budget allows at a time, at most.</summary>
    private const int LargestStep = 64 * 1024;

    private readonly Lock _gate = new();
    private EgressRule _rule = rule;
    private long _used;
    private long _free = clock.GetTimestamp();

    /// <summary>Whether the rule's byte budget is used up.</summary>
    public bool IsExhausted
    {
        get
        {
            lock (_gate)
                return _rule.Bytes is { } limit && _used >= limit;
        }
    }

    /// <summary>Bytes worth reading at once, so that a slow rule does not wait long for one step; 1 KiB to 64 KiB.</summary>
    public int Step
    {
        get
        {
            lock (_gate)
                return (int)Math.Clamp(_rule.BytesPerSecond ?? LargestStep, 1024, LargestStep);
        }
    }

    /// <summary>Goes on with the rule as it is now; what was used stays used.</summary>
    public void Follow(EgressRule rule)
    {
        lock (_gate)
            _rule = rule;
    }

    /// <summary>Takes bytes out of the budget.</summary>
    /// <returns>How many of them may pass: all, or what is left.</returns>
    public int Take(int bytes)
    {
        lock (_gate)
        {
            long allowed = _rule.Bytes is { } limit ? Math.Clamp(limit - _used, 0, bytes) : bytes;
            _used += allowed;
            return (int)allowed;
        }
    }

    /// <summary>Waits until bytes may pass by the rule's rate. Up to a second's worth may pass at once after a pause.</summary>
    public ValueTask PaceAsync(int bytes, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            if (_rule.BytesPerSecond is not { } rate)
                return ValueTask.CompletedTask;
            long now = clock.GetTimestamp();
            _free = Math.Max(_free, now - clock.TimestampFrequency) + (long)((double)bytes / rate * clock.TimestampFrequency);
            wait = clock.GetElapsedTime(now, _free);
        }

        return wait > TimeSpan.Zero ? new ValueTask(Task.Delay(wait, clock, cancellationToken)) : ValueTask.CompletedTask;
    }
}
