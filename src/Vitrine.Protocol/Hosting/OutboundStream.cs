using System.Threading.Tasks.Sources;
using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// The write side of a channel. One write at a time waits here for its turn and for credit; it is over when its bytes are in a batch.
/// All state is guarded by the sender's gate.
/// </summary>
internal sealed class OutboundStream(WireSender sender) : OneWayStream, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _write = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private ReadOnlyMemory<byte> _pending;
    private GuestClosedException? _fault;
    private ushort _channel;
    private int _credit;
    private bool _writing;
    private bool _ended;
    private bool _eofSent;

    public override bool CanWrite => true;

    internal bool IsScheduled { get; set; }

    internal bool HasWork => _fault is null && ((_writing && _credit > 0) || (_ended && !_eofSent && !_writing));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        ValueTask written;
        lock (sender.Gate)
        {
            if (_fault is not null)
                throw new GuestClosedException(_fault.GoAway);
            ObjectDisposedException.ThrowIf(_ended, this);
            if (_writing)
                throw new InvalidOperationException("a write is under way; one at a time");
            if (buffer.IsEmpty)
                return ValueTask.CompletedTask;
            _write.Reset();
            _writing = true;
            _pending = buffer;
            written = new ValueTask(this, _write.Version);
            sender.Schedule(this);
        }

        sender.Pump();
        if (cancellationToken.CanBeCanceled && !written.IsCompleted)
            _cancellation = cancellationToken.UnsafeRegister(static (self, token) => ((OutboundStream)self!).Cancel(token), this);
        return written;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    void IValueTaskSource.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        _write.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _write.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _write.OnCompleted(continuation, state, token, flags);

    /// <summary>
    /// The channel is open; the guest takes <paramref name="credit"/> bytes at first. Without input to give to, writes fail.
    /// </summary>
    internal void Start(ushort channel, int credit)
    {
        lock (sender.Gate)
        {
            _channel = channel;
            _credit = credit;
            sender.Schedule(this);
        }

        sender.Pump();
    }

    /// <summary>The guest takes more.</summary>
    /// <exception cref="ProtocolException">More than one stream may be allowed.</exception>
    internal void AddCredit(int credit)
    {
        lock (sender.Gate)
        {
            if (_credit + credit > WireLimits.MaxStreamCredit)
                throw new ProtocolException(
                    $"the guest grants {_credit + credit} bytes of credit on one stream; at most {WireLimits.MaxStreamCredit}");
            _credit += credit;
            sender.Schedule(this);
        }

        sender.Pump();
    }

    /// <summary>Nothing is sent any more, and no Eof: who writes gets the reason.</summary>
    internal void Fault(GuestClosedException reason)
    {
        lock (sender.Gate)
        {
            if (_fault is not null)
                return;
            _fault = reason;
            if (_writing)
                Complete(reason);
        }
    }

    /// <summary>Called in composing: puts one frame of what may be sent into the batch; answers its bytes.</summary>
    internal int WriteFrame(Span<byte> batch)
    {
        IsScheduled = false;
        if (_fault is not null)
            return 0;
        int count = Math.Min(Math.Min(_credit, _pending.Length), Math.Min(batch.Length - WireLimits.HeaderSize, WireLimits.MaxPayload));
        if (count > 0)
        {
            new FrameHeader(count, FrameType.Data, ChannelStream.Input, _channel).Write(batch);
            _pending.Span[..count].CopyTo(batch[WireLimits.HeaderSize..]);
            _pending = _pending[count..];
            _credit -= count;
            if (_pending.IsEmpty)
                Complete(null);
            return WireLimits.HeaderSize + count;
        }

        if (!_ended || _eofSent || _writing)
            return 0;
        _eofSent = true;
        new FrameHeader(0, FrameType.Eof, ChannelStream.Input, _channel).Write(batch);
        return WireLimits.HeaderSize;
    }

    /// <summary>Ends the input: the guest gets Eof behind what was written.</summary>
    protected override void Dispose(bool disposing)
    {
        lock (sender.Gate)
        {
            _ended = true;
            sender.Schedule(this);
        }

        sender.Pump();
        base.Dispose(disposing);
    }

    private void Cancel(CancellationToken token)
    {
        lock (sender.Gate)
        {
            if (_writing)
                Complete(new OperationCanceledException(token));
        }
    }

    private void Complete(Exception? error)
    {
        _writing = false;
        _pending = default;
        if (error is null)
            _write.SetResult(true);
        else
            _write.SetException(error);
    }
}
