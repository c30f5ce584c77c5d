using System.Threading.Tasks.Sources;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// The read side of one stream of a channel. Its window is what it took from the sandbox's pool; always
/// credit the guest holds + bytes unread + bytes read and not granted again = window. So a guest can fill the window and no more, and a
/// reader that stops stops this stream alone.
/// </summary>
internal sealed class InboundStream : OneWayStream, IValueTaskSource<int>
{
    private readonly Lock _gate = new();
    private readonly WireSender _sender;
    private readonly CreditPool _pool;
    private readonly ChannelStream _which;
    private ManualResetValueTaskSourceCore<int> _read = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private Memory<byte> _target;
    private ByteRing _ring;
    private GuestClosedException? _fault;
    private ushort _channel;
    private int _window;
    private int _credit;
    private int _consumed;
    private int _turnover;
    private int _grant;
    private bool _reading;
    private bool _ended;
    private bool _closed;
    private bool _discarding;

    /// <param name="sender">Sends the credit.</param>
    /// <param name="pool">Where the window was taken from.</param>
    /// <param name="which">Output or error.</param>
    /// <param name="window">Bytes taken; 0 for a stream that the channel does not have.</param>
    internal InboundStream(WireSender sender, CreditPool pool, ChannelStream which, int window)
    {
        _sender = sender;
        _pool = pool;
        _which = which;
        _window = _credit = window;
        _ended = window == 0;
    }

    public override bool CanRead => true;

    /// <summary>Guarded by the sender's gate.</summary>
    internal bool IsCreditQueued { get; set; }

    /// <summary>Bytes taken from the pool now.</summary>
    internal int Held
    {
        get
        {
            lock (_gate)
                return _window;
        }
    }

    /// <summary>Bytes of memory that hold unread data.</summary>
    internal int Capacity
    {
        get
        {
            lock (_gate)
                return _ring.Capacity;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        ValueTask<int> read;
        bool due;
        lock (_gate)
        {
            if (_reading)
                throw new InvalidOperationException("a read is under way; one at a time");
            ObjectDisposedException.ThrowIf(_discarding && _fault is null, this);
            if (_ring.Count > 0)
            {
                int count = _ring.Read(buffer.Span);
                due = Consume(count);
                read = new ValueTask<int>(count);
            }
            else if (_fault is not null)
            {
                throw new GuestClosedException(_fault.GoAway);
            }
            else if (_ended)
            {
                return new ValueTask<int>(0);
            }
            else
            {
                _read.Reset();
                _reading = true;
                _target = buffer;
                read = new ValueTask<int>(this, _read.Version);
                due = false;
            }
        }

        if (due)
            _sender.CreditDue(this);
        else if (!read.IsCompleted && cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (self, token) => ((InboundStream)self!).Cancel(token), this);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    int IValueTaskSource<int>.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        return _read.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    /// <summary>The channel has its id; from here on credit can be granted.</summary>
    internal void Start(ushort channel) => _channel = channel;

    /// <summary>Lets the stream begin with a larger window than its channel's request could say.</summary>
    internal void Enlarge(int wanted)
    {
        lock (_gate)
        {
            if (_ended || _discarding)
                return;
            int grown = _pool.Grow(_window, wanted);
            if (grown == _window)
                return;
            Grant(grown - _window);
            _window = grown;
        }

        _sender.CreditDue(this);
    }

    /// <summary>A frame of data begins.</summary>
    /// <exception cref="ProtocolException">The stream has ended, or the guest has not that much credit.</exception>
    internal void Charge(int length)
    {
        lock (_gate)
        {
            if (_ended)
                throw new ProtocolException($"data on stream {_which} of channel {_channel} after its end");
            if (length > _credit)
                throw new ProtocolException(
                    $"{length} bytes on stream {_which} of channel {_channel}, which has {_credit} bytes of credit");
            _credit -= length;
        }
    }

    /// <summary>Part of a frame's bytes, charged before.</summary>
    internal void Receive(ReadOnlySpan<byte> part)
    {
        bool due;
        lock (_gate)
        {
            int passed = 0;
            if (_discarding)
            {
                passed = part.Length;
            }
            else if (_reading)
            {
                passed = Math.Min(part.Length, _target.Length);
                part[..passed].CopyTo(_target.Span);
                Complete(passed, null);
                _ring.Write(part[passed..]);
            }
            else
            {
                _ring.Write(part);
            }

            due = Consume(passed);
        }

        if (due)
            _sender.CreditDue(this);
    }

    /// <summary>The guest ended the stream.</summary>
    /// <exception cref="ProtocolException">For the second time.</exception>
    internal void End()
    {
        lock (_gate)
        {
            if (_ended)
                throw new ProtocolException($"stream {_which} of channel {_channel} ends twice");
            Finish();
        }
    }

    /// <summary>
    /// The channel is over: nothing comes any more, and after what is unread the reader gets the end, or the reason if there is one.
    /// </summary>
    internal void Close(GuestClosedException? reason)
    {
        lock (_gate)
        {
            _fault ??= _ended ? null : reason;
            Finish();
        }
    }

    /// <summary>The host gave the channel up: what is unread is dropped, and so is what still comes within the credit.</summary>
    internal void Abandon(GuestClosedException reason)
    {
        lock (_gate)
        {
            _fault ??= reason;
            _discarding = _closed = true;
            _grant = 0;
            _ring.Clear();
            if (_reading)
                Complete(0, _fault);
            _pool.Release(_window);
            _window = 0;
        }
    }

    /// <summary>Called in composing: puts the credit due into the batch; answers its bytes.</summary>
    internal int WriteCredit(Span<byte> batch)
    {
        IsCreditQueued = false;
        int grant;
        lock (_gate)
        {
            grant = _grant;
            _grant = 0;
        }

        if (grant == 0)
            return 0;
        new FrameHeader(StreamCredit.Size, FrameType.Credit, _which, _channel).Write(batch);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(batch[WireLimits.HeaderSize..], (uint)grant);
        return WireLimits.HeaderSize + StreamCredit.Size;
    }

    /// <summary>Gives up reading: what comes is dropped and the guest may go on, as if the stream went to /dev/null.</summary>
    protected override void Dispose(bool disposing)
    {
        bool due = false;
        lock (_gate)
        {
            if (!_discarding)
            {
                _discarding = true;
                int dropped = _ring.Count;
                _ring.Clear();
                due = Consume(dropped);
                if (_reading)
                    Complete(0, new ObjectDisposedException(nameof(InboundStream)));
            }
        }

        if (due)
            _sender.CreditDue(this);
        base.Dispose(disposing);
    }

    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (_reading)
                Complete(0, new OperationCanceledException(token));
        }
    }

    private void Complete(int count, Exception? error)
    {
        _reading = false;
        _target = default;
        if (error is null)
            _read.SetResult(count);
        else
            _read.SetException(error);
    }

    /// <summary>
    /// Bytes have left; true when credit is to be sent. Half a window is granted at once, so that small reads cost few frames.
    /// </summary>
    private bool Consume(int count)
    {
        if (_ended || _closed)
        {
            Shrink();
            return false;
        }

        _consumed += count;
        if (_consumed < _window / 2 || _consumed == 0)
            return false;
        int grant = _consumed;
        _consumed = 0;
        _turnover += grant;
        if (_turnover >= _window && _window < WireLimits.MaxStreamCredit)
        {
            int grown = _pool.Grow(_window, _window * 2);
            grant += grown - _window;
            _window = grown;
            _turnover = 0;
        }

        Grant(grant);
        return true;
    }

    private void Grant(int bytes)
    {
        _credit += bytes;
        _grant += bytes;
    }

    private void Finish()
    {
        _ended = true;
        _grant = 0;
        if (_reading)
            Complete(0, _fault);
        _ring.Trim();
        Shrink();
    }

    /// <summary>Of an ended stream, the pool gets back all but the memory still held.</summary>
    private void Shrink()
    {
        int held = Math.Min(_window, _ring.Capacity);
        _pool.Release(_window - held);
        _window = held;
    }
}
