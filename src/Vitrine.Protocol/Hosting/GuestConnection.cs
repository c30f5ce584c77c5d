using System.Globalization;
using System.Text;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// The host's end of one sandbox's wire. The guest is taken for hostile: what it may make the host hold is bounded
/// (<see cref="WireLimits"/>), and the first breach of the protocol closes the wire with a sentence in <see cref="Closed"/>.
/// Safe for use by several threads at once.
/// </summary>
public sealed class GuestConnection : IAsyncDisposable
{
    /// <summary>
    /// How long a guest that does not read may hold up the last words. Real time: closing must not depend on an injected clock.
    /// </summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly Stream _wire;
    private readonly GuestConnectionOptions _options;
    private readonly WireSender _sender;
    private readonly ChannelTable _channels;
    private readonly FrameDispatcher _dispatcher;
    private readonly Heartbeat _heartbeat;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<GuestReady> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<GoAway> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GoAway? _end;

    private GuestConnection(Stream wire, GuestConnectionOptions options)
    {
        _wire = wire;
        _options = options;
        _sender = new WireSender(wire, e => Abort(Lost("sending", e), tell: false), _stop.Token);
        _channels = new ChannelTable(_sender, options.InitialCredit);
        _heartbeat = new Heartbeat(options, _sender, Tick);
        var requests = new GuestRequests(_channels, _sender, options.RequestHandler, why => Abort(Breach(why), tell: true));
        _dispatcher = new FrameDispatcher(_channels, _sender, _heartbeat, options, requests, OnReady,
            away => Abort(away, tell: false));
    }

    /// <summary>What the guest answered to the hello, its sentences made printable. All of it is the guest's word.</summary>
    public GuestReady Ready { get; private set; } = new(0, 0, []);

    /// <summary>Completes when the wire is closed, with why; never fails. A sentence of the guest's is made printable.</summary>
    public Task<GoAway> Closed => _closed.Task;

    /// <summary>Bytes of unread data and unused credit, at most <see cref="WireLimits.MaxSandboxBuffer"/>.</summary>
    internal int BufferUsed => _channels.Pool.Used;

    /// <summary>Says hello and waits until the guest has locked itself down.</summary>
    /// <param name="wire">The duplex stream to the guest; owned from here on, but not after an <see cref="ArgumentException"/>.</param>
    /// <param name="setup">What the guest is to apply; its versions are replaced by those of <paramref name="options"/>.</param>
    /// <param name="options">Times and sizes; null for the defaults.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProtocolException">The guest broke the protocol, chose a version that was not offered, or did not answer in
    /// time.</exception>
    /// <exception cref="GuestClosedException">The guest refused, with its reason, or died.</exception>
    /// <exception cref="ArgumentException">The setup does not fit in a frame.</exception>
    public static async Task<GuestConnection> OpenAsync(
        Stream wire, GuestSetup setup, GuestConnectionOptions? options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(wire);
        ArgumentNullException.ThrowIfNull(setup);
        options ??= new GuestConnectionOptions();
        options.Validate();
        var hello = new WireWriter();
        (setup with { MinVersion = options.MinVersion, MaxVersion = options.MaxVersion }).Write(hello);
        if (hello.Written.Length > WireLimits.MaxPayload)
            throw new ArgumentException(
                $"the setup is {hello.Written.Length} bytes; at most {WireLimits.MaxPayload} fit in a frame", nameof(setup));

        var connection = new GuestConnection(wire, options);
        connection._sender.TryPost(FrameHeader.Control(FrameType.Hello, hello.Written.Length), hello.Written);
        connection._sender.Pump();
        _ = connection.ReceiveAsync();
        try
        {
            connection.Ready = await connection._ready.Task.WaitAsync(options.ReadyTimeout, options.TimeProvider, ct).ConfigureAwait(false);
            return connection;
        }
        catch (TimeoutException e)
        {
            string seconds = options.ReadyTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            GoAway silent = Breach($"the guest did not answer the hello within {seconds} s");
            connection.Abort(silent, tell: true);
            await connection.Closed.ConfigureAwait(false);
            throw new ProtocolException(silent.Message, e);
        }
        catch
        {
            connection.Abort(new GoAway(GoAwayReason.Cancelled, "the opening was cancelled"), tell: true);
            await connection.Closed.ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Runs a command. Its credits are set here, whatever the request says. How long to wait for the guest's answer is the token's to say.
    /// </summary>
    /// <exception cref="ChannelOpenException">It could not be started; the error number says why.</exception>
    /// <exception cref="GuestClosedException">The wire is closed.</exception>
    public Task<GuestChannel> StartAsync(CommandRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        bool takesInput = request.OpenInput || request.Terminal is not null;
        return OpenChannelAsync(ChannelKind.Command, takesInput, request, static (r, channel, writer) =>
            (r with { OutputCredit = channel.OutputCredit, ErrorCredit = WireLimits.MinStreamCredit }).Write(writer), ct);
    }

    /// <summary>Does one file operation. Its credit is set here, whatever the request says.</summary>
    /// <exception cref="ChannelOpenException">The helper could not be started; what the operation itself meets is in <see
    /// cref="GuestChannel.Exited"/>.</exception>
    /// <exception cref="GuestClosedException">The wire is closed.</exception>
    public Task<GuestChannel> FileAsync(FileRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        return OpenChannelAsync(ChannelKind.File, request.Operation == FileOperation.Write, request, static (r, channel, writer) =>
            (r with { OutputCredit = channel.OutputCredit }).Write(writer), ct);
    }

    /// <summary>Connects to a loopback port inside.</summary>
    /// <exception cref="ChannelOpenException">Nothing listens there (ECONNREFUSED, 111), or it may not be reached.</exception>
    /// <exception cref="GuestClosedException">The wire is closed.</exception>
    public Task<GuestChannel> DialAsync(ushort port, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfZero(port);
        return OpenChannelAsync(ChannelKind.Dial, takesInput: true, new DialRequest(port), static (r, _, writer) => r.Write(writer), ct);
    }

    /// <summary>Asks the guest for a sign of life; answers how long it took. An unanswered ping closes the wire, given up or not.</summary>
    /// <exception cref="GuestClosedException">The wire is closed.</exception>
    public async Task<TimeSpan> PingAsync(CancellationToken ct)
    {
        await _sender.WaitForRoomAsync(ct).ConfigureAwait(false);
        return await _heartbeat.PingAsync().WaitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>The sandbox is about to be frozen: no deadline runs until <see cref="Resume"/>.</summary>
    public void Suspend() => _heartbeat.Suspended = true;

    /// <summary>The sandbox runs again: deadlines start anew.</summary>
    public void Resume() => _heartbeat.Suspended = false;

    /// <summary>Closes the wire, with which PID 1 and so the sandbox ends, and waits until it is closed: at most about 1 second.</summary>
    public async ValueTask DisposeAsync()
    {
        Abort(new GoAway(GoAwayReason.Done, "the host closed the wire"), tell: true);
        await Closed.ConfigureAwait(false);
    }

    private static GoAway Breach(string how) => new(GoAwayReason.ProtocolViolation, how);

    private static GoAway Lost(string doing, Exception e) =>
        new(GoAwayReason.Lost, $"the wire broke while {doing}: {e.Message}");

    private async Task<GuestChannel> OpenChannelAsync<T>(
        ChannelKind kind, bool takesInput, T request, Action<T, GuestChannel, WireWriter> write, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await _sender.WaitForRoomAsync(ct).ConfigureAwait(false);
        GuestChannel channel = _channels.Open(kind, takesInput);
        try
        {
            WireWriter writer = new WireWriter().U8((byte)kind);
            write(request, channel, writer);
            if (writer.Written.Length > WireLimits.MaxPayload)
                throw new ArgumentException(
                    $"the request is {writer.Written.Length} bytes; at most {WireLimits.MaxPayload} fit in a frame");
            _sender.TryPost(FrameHeader.Control(FrameType.Open, writer.Written.Length, channel.Id), writer.Written);
        }
        catch (ArgumentException e)
        {
            _channels.Forget(channel);
            throw new ChannelOpenException(
                e is EncoderFallbackException ? InvalidArgument : ArgumentListTooLong, $"the request cannot be sent: {e.Message}");
        }

        _sender.Pump();
        using (ct.UnsafeRegister(static (c, token) => ((GuestChannel)c!).CancelOpen(token), channel))
            return await channel.Opened.ConfigureAwait(false);
    }

    private void OnReady(GuestReady ready)
    {
        _heartbeat.Start();
        _ready.TrySetResult(ready);
    }

    private void Tick(TimeSpan passed)
    {
        // A tick may come up to one step late, and 10 s are the most.
        TimeSpan patience = _options.PingTimeout * 0.9;
        if (_heartbeat.Silence >= patience)
            Abort(Breach("the guest did not answer a ping in time"), tell: true);
        else if (_channels.Age(passed) is var (channel, age) && age >= patience)
            Abort(Breach($"the guest did not close channel {channel} in time after its reset"), tell: true);
    }

    private async Task ReceiveAsync()
    {
        try
        {
            await new WireReceiver(_wire, _dispatcher).RunAsync(_stop.Token).ConfigureAwait(false);
            Abort(new GoAway(GoAwayReason.Lost, "the guest ended the wire without a reason: it died or was killed"), tell: false);
        }
        catch (ProtocolException e)
        {
            Abort(Breach(e.Message), tell: true);
        }
        catch (Exception e)
        {
            Abort(Lost("receiving", e), tell: false);
        }
    }

    /// <summary>Ends everything, once: the first reason wins.</summary>
    private void Abort(GoAway reason, bool tell)
    {
        lock (_gate)
        {
            if (_end is not null)
                return;
            _end = reason;
        }

        var error = new GuestClosedException(reason);
        _sender.Close(error, tell ? reason : null);
        _heartbeat.Stop(error);
        foreach (GuestChannel channel in _channels.Close(error))
            channel.Fault(error);
        bool breach = tell && reason.Reason is GoAwayReason.ProtocolViolation or GoAwayReason.VersionMismatch;
        _ready.FailObserved(breach ? new ProtocolException(reason.Message) : error);
        _ = CloseAsync(reason);
    }

    private async Task CloseAsync(GoAway reason)
    {
        try
        {
            await _sender.WhenIdle().WaitAsync(LastWords).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The guest does not read: it will not hear why.
        }

        try
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _wire.DisposeAsync().AsTask().WaitAsync(LastWords).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A stream that does not close well is as closed as it will be.
        }

        _stop.Dispose();
        _closed.TrySetResult(reason);
    }

    private const int ArgumentListTooLong = 7; // E2BIG
    private const int InvalidArgument = 22; // EINVAL
}
