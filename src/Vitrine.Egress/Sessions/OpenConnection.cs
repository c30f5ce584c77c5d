using Vitrine.Policy.Plans;

namespace Vitrine.Egress;

/// <summary>
/// A connection, or a request on an inspected one, while it is open: what a change of the rules must be able to end, and what the watch
/// over idle ones looks at. Made by <see cref="EgressSession.Track"/>; dispose it when it is over.
/// </summary>
internal sealed class OpenConnection : IDisposable
{
    private readonly CancellationTokenSource _closing;
    private readonly EgressSession _session;
    private readonly long _start;
    private long _bytesOut;
    private long _bytesIn;
    private long _lastByte;
    private long _outSince;
    private long _inSince;
    private string? _reason;

    internal OpenConnection(EgressSession session, string name, ushort port, EgressRule rule, CancellationToken cancellationToken)
    {
        _session = session;
        _closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Closing = _closing.Token;
        Name = name;
        Port = port;
        Rule = rule;
        _start = _lastByte = session.Clock.GetTimestamp();
    }

    /// <summary>The name it goes to.</summary>
    public string Name { get; }

    /// <summary>The port it goes to.</summary>
    public ushort Port { get; }

    /// <summary>The rule that allowed it.</summary>
    public EgressRule Rule { get; }

    /// <summary>What was dialled; null before.</summary>
    public string? Address { get; set; }

    /// <summary>Cancelled when it must end.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Why it must end; null while it need not.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Bytes from the sandbox so far.</summary>
    public long BytesOut => Interlocked.Read(ref _bytesOut);

    /// <summary>Bytes to the sandbox so far.</summary>
    public long BytesIn => Interlocked.Read(ref _bytesIn);

    /// <summary>How long it has been open.</summary>
    public TimeSpan Duration => _session.Clock.GetElapsedTime(_start);

    /// <summary>Whether the session's watch ends it when it is idle or stalled; else who carries the bytes does.</summary>
    public bool IsWatched { get; set; }

    /// <summary>Counts bytes that went out.</summary>
    public void CountOut(long bytes)
    {
        Interlocked.Add(ref _bytesOut, bytes);
        Volatile.Write(ref _lastByte, _session.Clock.GetTimestamp());
    }

    /// <summary>Counts bytes that came in.</summary>
    public void CountIn(long bytes)
    {
        Interlocked.Add(ref _bytesIn, bytes);
        Volatile.Write(ref _lastByte, _session.Clock.GetTimestamp());
    }

    /// <summary>Ends it; the first reason counts.</summary>
    public void Close(string reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null)
            return;
        try
        {
            _closing.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    /// <summary>Says that bytes wait for the host outside to take them, or (false) that it took them.</summary>
    public void WaitOut(bool isWaiting) => Volatile.Write(ref _outSince, isWaiting ? _session.Clock.GetTimestamp() : 0);

    /// <summary>Says that bytes wait for the sandbox to take them, or (false) that it took them.</summary>
    public void WaitIn(bool isWaiting) => Volatile.Write(ref _inSince, isWaiting ? _session.Clock.GetTimestamp() : 0);

    /// <summary>Ends it when it is idle or stalled.</summary>
    internal void Watch(TimeSpan idle, TimeSpan stall)
    {
        if (!IsWatched)
            return;
        if (_session.Clock.GetElapsedTime(Volatile.Read(ref _lastByte)) > idle)
            Close("idle");
        if (IsOlder(Volatile.Read(ref _outSince), stall) || IsOlder(Volatile.Read(ref _inSince), stall))
            Close("stalled");
    }

    private bool IsOlder(long since, TimeSpan time) => since != 0 && _session.Clock.GetElapsedTime(since) > time;

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Untrack(this);
        _closing.Dispose();
    }
}
