using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// A command, file operation or forwarded connection inside, or a connection or question from inside. All it says is the guest's word. Dispose
/// it: until then what is unread counts against the sandbox's 4 MiB.
/// </summary>
public sealed class GuestChannel : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly WireSender _sender;
    private readonly InboundStream _output;
    private readonly InboundStream _error;
    private readonly OutboundStream _input;
    private readonly ushort _id;
    private readonly ChannelKind _kind;
    private readonly int _initialCredit;
    private readonly TaskCompletionSource<GuestChannel> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CommandExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GuestClosedException? _dead;
    private TimeSpan _sinceReset;
    private volatile bool _isOpen;
    private bool _hasExited;
    private bool _given;
    private bool _reset;
    private bool _over;

    internal GuestChannel(ushort id, ChannelKind kind, bool takesInput, WireSender sender, CreditPool pool, int initialCredit)
    {
        _id = id;
        _kind = kind;
        _sender = sender;
        _initialCredit = initialCredit;

        // Only a request that can say so starts larger: the others are enlarged once they are open.
        int first = kind is ChannelKind.Dial or ChannelKind.Resolve
            ? WireLimits.MinStreamCredit
            : pool.Grow(WireLimits.MinStreamCredit, initialCredit);
        _output = new InboundStream(sender, pool, ChannelStream.Output, first);
        _error = new InboundStream(sender, pool, ChannelStream.Error, HasError(kind) ? WireLimits.MinStreamCredit : 0);
        _input = new OutboundStream(sender);
        if (!takesInput)
            _input.Fault(new GuestClosedException(new GoAway(GoAwayReason.Done, "this was started without input")));
        _output.Start(id);
        _error.Start(id);
        OutputCredit = (uint)first;
    }

    /// <summary>The command's process id inside; 0 for a connection or question.</summary>
    public uint Pid { get; private set; }

    /// <summary>
    /// Where standard input, terminal input or the bytes for a forwarded connection are written, with WriteAsync alone, one at a time.
    /// Disposing it sends
    /// the end. Of what takes no input (<see cref="CommandRequest.OpenInput"/>), writing fails.
    /// </summary>
    public Stream Input => _input;

    /// <summary>
    /// Where standard output, terminal output or the bytes of a forwarded connection are read, with ReadAsync alone, one at a time.
    /// A read into no memory completes when there is something to read, or the end. Disposing it discards what comes.
    /// </summary>
    public Stream Output => _output;

    /// <summary>Where standard error is read, like <see cref="Output"/>; empty for a terminal and a forwarded connection.</summary>
    public Stream Error => _error;

    /// <summary>
    /// How the first process ended; output may still come. Fails with <see cref="GuestClosedException"/> when the wire ends, the channel is
    /// given up, or it has no process.
    /// </summary>
    public Task<CommandExit> Exited => _exited.Task;

    /// <summary>Everything of the channel is over inside. Fails with <see cref="GuestClosedException"/> when the wire ends.</summary>
    public Task Completed => _completed.Task;

    internal uint OutputCredit { get; }

    internal Task<GuestChannel> Opened => _opened.Task;

    /// <summary>Sends a signal. To a command that is over, nothing is sent and nothing is wrong.</summary>
    /// <param name="signal">Signal number, 1 to 64 (signal(7)).</param>
    /// <param name="scope">Who gets it.</param>
    /// <param name="ct">Gives up waiting for room to send.</param>
    /// <exception cref="GuestClosedException">The wire is closed.</exception>
    public Task SignalAsync(byte signal, SignalScope scope, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfZero(signal);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signal, (byte)64);
        var writer = new WireWriter();
        new CommandSignal(signal, scope).Write(writer);
        return SendAsync(FrameType.Signal, writer, ct);
    }

    /// <summary>Tells the command's terminal its new size. To a command that is over, nothing is sent and nothing is wrong.</summary>
    /// <exception cref="GuestClosedException">The wire is closed.</exception>
    public Task ResizeAsync(TerminalSize size, CancellationToken ct)
    {
        var writer = new WireWriter();
        size.Write(writer);
        return SendAsync(FrameType.Resize, writer, ct);
    }

    /// <summary>
    /// Gives the channel up unless it is over: the guest kills the command's tree. Does not wait for that; <see cref="Completed"/> does.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        Abandon(new GoAway(GoAwayReason.Cancelled, "the channel was given up by its owner"));
        _input.Dispose();
        _output.Dispose();
        _error.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static int Streams(ChannelKind kind) => HasError(kind) ? 2 : 1;

    internal ushort Id => _id;

    /// <summary>Takes the channel that the guest asked for.</summary>
    /// <param name="inputCredit">Bytes the guest takes at first.</param>
    /// <exception cref="GuestClosedException">The guest gave it up, or the wire is closed.</exception>
    internal void Accept(uint inputCredit)
    {
        var writer = new WireWriter();
        new ChannelOpened(0, OutputCredit).Write(writer);
        _input.Start(_id, (int)inputCredit);
        lock (_gate)
        {
            if (_dead is not null)
                throw new GuestClosedException(_dead.GoAway);
            if (_given || _over)
                throw new GuestClosedException(new GoAway(GoAwayReason.Cancelled, "the guest gave the connection up before it was accepted"));

            // Before the guest can know: what it grants and sends from then on finds the channel open.
            _isOpen = true;
            _sender.TryPost(FrameHeader.Control(FrameType.Opened, writer.Written.Length, _id), writer.Written);
        }

        _sender.Pump();
    }

    /// <summary>The channel that the guest asked for will not be; false when it is over already.</summary>
    internal bool Refuse()
    {
        lock (_gate)
        {
            if (_over || _isOpen)
                return false;
        }

        var reason = new GuestClosedException(new GoAway(GoAwayReason.Cancelled, "the connection was refused"));
        End(reason);
        _exited.FailObserved(reason);
        _completed.TrySetResult();
        return true;
    }

    /// <summary>The opener's token fired before the guest answered.</summary>
    internal void CancelOpen(CancellationToken token)
    {
        if (_opened.TrySetCanceled(token))
            Abandon(new GoAway(GoAwayReason.Cancelled, "the opening was cancelled"));
    }

    internal InboundStream Data(FrameHeader header)
    {
        ThrowIfNotOpen(header.Type);
        InboundStream stream = Inbound(header);
        stream.Charge(header.Length);
        return stream;
    }

    /// <summary>Takes a frame of the guest; true when the channel is over and its id free.</summary>
    internal bool Receive(FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case FrameType.Opened or FrameType.OpenFailed when GuestRequests.IsGuests(_id):
                throw new ProtocolException($"{header.Type} on channel {_id}, which the guest itself asked for");
            case FrameType.Reset when !_isOpen && GuestRequests.IsGuests(_id):
                GiveUp(GoAway.Read(payload));
                return false;
            case FrameType.Opened:
                Open(ChannelOpened.Read(payload));
                return false;
            case FrameType.OpenFailed:
                Fail(ChannelOpenFailed.Read(payload));
                return true;
        }

        ThrowIfNotOpen(header.Type);
        switch (header.Type)
        {
            case FrameType.Credit:
                if (header.Stream != ChannelStream.Input)
                    throw new ProtocolException($"credit for stream {header.Stream}, which the guest sends itself");
                _input.AddCredit((int)StreamCredit.Read(payload).Bytes);
                return false;
            case FrameType.Eof when header.Stream == ChannelStream.Input:
                DemandEmpty(payload);
                _input.Fault(new GuestClosedException(new GoAway(GoAwayReason.Done, "nobody inside reads this input any more (EPIPE)")));
                return false;
            case FrameType.Eof:
                DemandEmpty(payload);
                Inbound(header).End();
                return false;
            case FrameType.Exited:
                Exit(CommandExit.Read(payload));
                return false;
            case FrameType.Reset:
                GiveUp(GoAway.Read(payload));
                return false;
            case FrameType.Closed:
                DemandEmpty(payload);
                Finish();
                return true;
            default:
                throw new ProtocolException($"a guest does not send {header.Type}");
        }
    }

    /// <summary>The wire ended.</summary>
    internal void Fault(GuestClosedException reason)
    {
        lock (_gate)
        {
            _dead ??= reason;
            _over = true;
        }

        _input.Fault(reason);
        _output.Close(reason);
        _error.Close(reason);
        _opened.FailObserved(reason);
        _exited.FailObserved(reason);
        _completed.FailObserved(reason);
    }

    /// <summary>Counts the time a channel that was given up takes to close; answers it.</summary>
    internal TimeSpan Age(TimeSpan passed)
    {
        // One the guest gave up before it was open waits for its handler, not for the guest.
        lock (_gate)
            return _reset || (_given && (_isOpen || !GuestRequests.IsGuests(_id))) ? _sinceReset += passed : TimeSpan.Zero;
    }

    private static bool HasError(ChannelKind kind) => kind is ChannelKind.Command or ChannelKind.File;

    private static void DemandEmpty(ReadOnlySpan<byte> payload) => new WireReader(payload).End();

    private InboundStream Inbound(FrameHeader header) => header.Stream switch
    {
        ChannelStream.Output => _output,
        ChannelStream.Error => _error,
        _ => throw new ProtocolException("data on stream Input, which the host sends"),
    };

    private void ThrowIfNotOpen(FrameType type)
    {
        if (!_isOpen)
            throw new ProtocolException($"{type} on channel {_id}, which is not open yet");
    }

    private void Open(ChannelOpened opened)
    {
        if (_isOpen)
            throw new ProtocolException($"channel {_id} opens twice");
        if (opened.InputCredit > WireLimits.MaxStreamCredit)
            throw new ProtocolException($"an input credit of {opened.InputCredit} bytes is over the limit of {WireLimits.MaxStreamCredit}");
        _isOpen = true;
        Pid = opened.Pid;
        _input.Start(_id, (int)opened.InputCredit);
        if (_kind == ChannelKind.Dial)
            _output.Enlarge(_initialCredit);
        _opened.TrySetResult(this);
    }

    private void Fail(ChannelOpenFailed failed)
    {
        if (_isOpen)
            throw new ProtocolException($"channel {_id} fails to open after it was open");
        int errno = failed.Errno is > 0 and < 4096 ? failed.Errno : InputOutput;
        string message = PeerText.Clean(failed.Message);
        var reason = new GuestClosedException(new GoAway(GoAwayReason.Cancelled, message));
        End(reason);
        _opened.FailObserved(new ChannelOpenException(errno, message));
        _exited.FailObserved(reason);
        _completed.TrySetResult();
    }

    private void Exit(CommandExit exit)
    {
        if (!HasError(_kind))
            throw new ProtocolException($"channel {_id} has no process that could exit");
        if (_hasExited)
            throw new ProtocolException($"the process of channel {_id} exits twice");
        _hasExited = true;
        _exited.TrySetResult(exit);
    }

    private void GiveUp(GoAway away)
    {
        lock (_gate)
        {
            if (_given)
                throw new ProtocolException($"channel {_id} is reset twice");
            _given = true;
        }

        var reason = new GuestClosedException(new GoAway(away.Reason, PeerText.Clean(away.Message)));
        _input.Fault(reason);
        _output.Close(reason);
        _error.Close(reason);
        _exited.FailObserved(reason);
    }

    private void Finish()
    {
        End(null);
        _exited.FailObserved(new GuestClosedException(new GoAway(GoAwayReason.Done, "the channel is over without an exit status")));
        _completed.TrySetResult();
    }

    private void End(GuestClosedException? reason)
    {
        lock (_gate)
            _over = true;
        _input.Fault(reason ?? new GuestClosedException(new GoAway(GoAwayReason.Done, "the channel is over")));
        _output.Close(reason);
        _error.Close(reason);
    }

    private void Abandon(GoAway why)
    {
        lock (_gate)
        {
            if (_reset || _over)
                return;
            _reset = true;
        }

        var reason = new GuestClosedException(why);
        _input.Fault(reason);
        _output.Abandon(reason);
        _error.Abandon(reason);
        _exited.FailObserved(reason);
        var writer = new WireWriter();
        why.Write(writer);
        if (TryPost(FrameType.Reset, writer))
            _sender.Pump();
    }

    private async Task SendAsync(FrameType type, WireWriter payload, CancellationToken ct)
    {
        await _sender.WaitForRoomAsync(ct).ConfigureAwait(false);
        lock (_gate)
        {
            if (_dead is not null)
                throw new GuestClosedException(_dead.GoAway);
            if (_reset)
                return;
        }

        if (TryPost(type, payload))
            _sender.Pump();
    }

    /// <summary>The gate is held so that the id cannot become another channel's between the question and the queueing.</summary>
    private bool TryPost(FrameType type, WireWriter payload)
    {
        lock (_gate)
            return !_over && _sender.TryPost(FrameHeader.Control(type, payload.Written.Length, _id), payload.Written);
    }

    private const int InputOutput = 5; // EIO
}
