namespace Vitrine.Egress;

/// <summary>
/// Counts what connections may hold, when they come, not what they hold: so the sum can never be passed, whatever they do afterwards.
/// </summary>
internal sealed class MemoryBudget(long limit)
{
    /// <summary>Bytes a connection that passes through may hold while it waits, and while it does not.</summary>
    public const int PassThrough = 64 * 1024;

    /// <summary>Bytes a connection may hold whose TLS ends here.</summary>
    public const int Terminated = 256 * 1024;

    private long _used;

    /// <summary>Bytes spoken for.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes, or none of them.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
