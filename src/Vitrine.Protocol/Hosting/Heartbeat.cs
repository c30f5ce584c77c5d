using System.Buffers.Binary;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// Pings, and how long they stay unanswered. Time is counted in ticks, a late one as no more than two: a host that was
/// stopped itself (SIGSTOP, a debugger, a busy machine) blames no guest for it.
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Ping> _pings = [];
    private readonly GuestConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly WireSender _sender;
    private readonly Action<TimeSpan> _tick;
    private readonly TimeSpan _step;
    private ITimer? _timer;
    private GuestClosedException? _stopped;
    private ulong _token;
    private long _lastTick;
    private TimeSpan _idle;
    private bool _suspended;

    /// <param name="options">Interval, timeout and clock.</param>
    /// <param name="sender">Sends the pings.</param>
    /// <param name="tick">Called about ten times in a timeout with the time that counts; not while suspended.</param>
    public Heartbeat(GuestConnectionOptions options, WireSender sender, Action<TimeSpan> tick)
    {
        _options = options;
        _time = options.TimeProvider;
        _sender = sender;
        _tick = tick;
        _step = options.PingTimeout / 10;
    }

    public void Start()
    {
        _lastTick = _time.GetTimestamp();
        ITimer timer = _time.CreateTimer(static self => ((Heartbeat)self!).Tick(), this, _step, _step);
        lock (_gate)
        {
            _timer = timer;
            if (_stopped is not null)
                timer.Dispose();
        }
    }

    public bool Suspended
    {
        set
        {
            lock (_gate)
            {
                _suspended = value;
                _idle = TimeSpan.Zero;
                foreach (Ping ping in _pings.Values)
                    ping.Silence = TimeSpan.Zero;
            }
        }
    }

    /// <summary>Asks for a sign of life; answers how long it took.</summary>
    public Task<TimeSpan> PingAsync()
    {
        var ping = new Ping(_time.GetTimestamp());
        Send(ping);
        return ping.Answered.Task;
    }

    /// <summary>The guest answered.</summary>
    /// <exception cref="ProtocolException">Nothing that was asked.</exception>
    public void Pong(ulong token)
    {
        Ping? ping;
        lock (_gate)
        {
            if (!_pings.Remove(token, out ping))
                throw new ProtocolException("a pong to no ping");
            _idle = TimeSpan.Zero;
        }

        ping.Answered.TrySetResult(_time.GetElapsedTime(ping.Sent));
    }

    public void Stop(GuestClosedException reason)
    {
        Ping[] unanswered;
        lock (_gate)
        {
            _stopped ??= reason;
            unanswered = [.. _pings.Values];
            _pings.Clear();
            _timer?.Dispose();
        }

        foreach (Ping ping in unanswered)
            ping.Answered.FailObserved(reason);
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>How long the longest unanswered ping is out, in time that counts.</summary>
    public TimeSpan Silence
    {
        get
        {
            lock (_gate)
                return _pings.Count == 0 ? TimeSpan.Zero : _pings.Values.Max(static p => p.Silence);
        }
    }

    private void Tick()
    {
        TimeSpan counted;
        bool ask;
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            TimeSpan passed = _time.GetElapsedTime(_lastTick, now);
            _lastTick = now;
            if (_suspended || _stopped is not null)
                return;
            counted = passed < _step * 2 ? passed : _step * 2;
            foreach (Ping ping in _pings.Values)
                ping.Silence += counted;
            _idle += counted;
            ask = _pings.Count == 0 && _idle >= _options.PingInterval;
        }

        if (ask)
            Send(new Ping(_time.GetTimestamp()));
        _tick(counted);
    }

    private void Send(Ping ping)
    {
        ulong token;
        lock (_gate)
        {
            if (_stopped is not null)
            {
                ping.Answered.FailObserved(new GuestClosedException(_stopped.GoAway));
                return;
            }

            token = ++_token;
            _pings.Add(token, ping);
        }

        Span<byte> payload = stackalloc byte[PingToken.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, token);
        if (_sender.TryPost(FrameHeader.Control(FrameType.Ping, payload.Length), payload))
            _sender.Pump();
    }

    private sealed class Ping(long sent)
    {
        public long Sent { get; } = sent;

        public TaskCompletionSource<TimeSpan> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TimeSpan Silence { get; set; }
    }
}
