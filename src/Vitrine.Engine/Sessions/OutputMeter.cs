namespace Vitrine.Engine.Sessions;

/// <summary>Counts what one command writes to its streams together, and says once when it passes the limit.</summary>
internal sealed class OutputMeter(long limit)
{
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _total;

    /// <summary>Bytes counted, at most the limit.</summary>
    public long Total => Math.Min(Volatile.Read(ref _total), limit);

    /// <summary>Ends when the limit was passed.</summary>
    public Task Passed => _passed.Task;

    /// <summary>Counts bytes that arrived.</summary>
    /// <param name="count">How many.</param>
    /// <returns>How many of them are within the limit.</returns>
    public int Count(int count)
    {
        long after = Interlocked.Add(ref _total, count);
        if (after <= limit)
            return count;
        _passed.TrySetResult();
        return (int)Math.Max(0, count - (after - limit));
    }
}
