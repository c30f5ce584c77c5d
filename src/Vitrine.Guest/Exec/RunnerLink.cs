using System.Buffers.Binary;
using Vitrine.Guest.Init;
using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Linux.Polling;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>What a runner tells about the command it was given.</summary>
internal interface IRunnerClient
{
    /// <summary>The command runs.</summary>
    void OnStarted(uint pid);

    /// <summary>It could not be started; the runner is free again.</summary>
    void OnFailed(int errno, string message);

    /// <summary>Its first process ended; the payload of the frame to send.</summary>
    void OnExited(ReadOnlySpan<byte> exit);

    /// <summary>Nothing of it is left; the runner is free again.</summary>
    void OnIdle();
}

/// <summary>PID 1's end of one runner process.</summary>
internal sealed class RunnerLink : IReadyHandler, IDisposable
{
    /// <summary>The runner's own bound is 1 s; beyond twice that it is not at work any more.</summary>
    private const int KillPatience = 2500;

    private readonly RunnerPool _pool;
    private readonly Descriptor _socket;
    private readonly Watch _watch;
    private IRunnerClient? _client;
    private bool _ready;
    private bool _busy;
    private bool _warned;

    internal RunnerLink(RunnerPool pool, EventLoop loop, Descriptor socket)
    {
        _pool = pool;
        _socket = socket;
        _watch = loop.Watch(socket.Number, this);
        _watch.For(PollEvents.Read);
    }

    /// <summary>Moment (TickCount64) by which the runner must have answered; <see cref="long.MaxValue"/> for none.</summary>
    internal long Deadline { get; private set; } = long.MaxValue;

    /// <summary>Gives the runner the setup of the host.</summary>
    internal void Setup(GuestSetup setup)
    {
        Span<byte> message = new byte[2 + setup.CommandFilter.Length];
        message[0] = (byte)RunnerMessage.Setup;
        message[1] = setup.SwitchesUser ? (byte)1 : (byte)0;
        setup.CommandFilter.Span.CopyTo(message[2..]);
        Send(message, default);
    }

    /// <summary>Gives the runner a command.</summary>
    internal void Run(IRunnerClient client, ReadOnlySpan<byte> request, ReadOnlySpan<int> descriptors, uint timeoutMilliseconds)
    {
        _client = client;
        _busy = true;
        if (timeoutMilliseconds != 0)
            Expect(timeoutMilliseconds + (long)KillPatience);
        Span<byte> message = _pool.Scratch.Span;
        message[0] = (byte)RunnerMessage.Run;
        request.CopyTo(message[1..]);
        Send(message[..(1 + request.Length)], descriptors);
    }

    /// <summary>Sends a signal to the command.</summary>
    internal void Signal(byte signal, SignalScope scope, int group)
    {
        Span<byte> message = stackalloc byte[7];
        message[0] = (byte)RunnerMessage.Signal;
        message[1] = signal;
        message[2] = (byte)scope;
        BinaryPrimitives.WriteInt32LittleEndian(message[3..], group);
        Send(message, default);
    }

    /// <summary>Kills everything of the command; the runner answers in time, or the sandbox ends.</summary>
    internal void KillTree()
    {
        Signal(SignalSet.SIGKILL, SignalScope.Tree, 0);
        Expect(KillPatience);
    }

    /// <summary>The channel is over but something of the command lives on: the runner stays with it.</summary>
    internal void Orphan() => _client = null;

    /// <summary>
    /// The moment passed without an answer. The first time may be a sandbox that was frozen and is only now scheduled again.
    /// </summary>
    internal void OnDeadline()
    {
        if (_warned)
            throw new GuestFault(GoAwayReason.TreeUnkillable, "a helper did not end its command in time");
        _warned = true;
        Deadline = Environment.TickCount64 + 1000;
    }

    public void OnReady(PollEvents events)
    {
        Span<byte> message = _pool.Scratch.Span;
        Span<int> none = stackalloc int[1];
        int length = DescriptorMessage.Receive(_socket.Number, message, none, wait: false);
        if (length == -Errno.EAGAIN)
            return;
        if (length <= 0)
        {
            OnGone();
            return;
        }

        Take((RunnerMessage)message[0], message[1..length]);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _socket.Dispose();
    }

    private void OnGone()
    {
        if (_ready)
            throw new GuestFault(GoAwayReason.Tampered, _busy ? "a helper died while its command lives" : "a prepared helper died");
        _pool.Drop(this);
        _client?.OnFailed(Errno.EAGAIN, "clone(): the command's helper could not start; the sandbox's limit of processes or memory is reached");
    }

    private void Take(RunnerMessage kind, ReadOnlySpan<byte> body)
    {
        switch (kind)
        {
            case RunnerMessage.Ready:
                _ready = true;
                return;
            case RunnerMessage.Started:
                Deadline = long.MaxValue;
                _client?.OnStarted(BinaryPrimitives.ReadUInt32LittleEndian(body));
                return;
            case RunnerMessage.Failed:
                var reader = new WireReader(body);
                int errno = reader.I32();
                string text = reader.Text();
                Free()?.OnFailed(errno, text);
                return;
            case RunnerMessage.Exited:
                _client?.OnExited(body);
                return;
            case RunnerMessage.Idle:
                Free()?.OnIdle();
                return;
            case RunnerMessage.Unkillable:
                throw new GuestFault(GoAwayReason.TreeUnkillable, "something a command started could not be killed within a second");
            default:
                throw new GuestFault(GoAwayReason.Tampered, "a helper speaks nonsense");
        }
    }

    private IRunnerClient? Free()
    {
        IRunnerClient? client = _client;
        _client = null;
        _busy = false;
        _warned = false;
        Deadline = long.MaxValue;
        _pool.Return(this);
        return client;
    }

    private void Expect(long milliseconds)
    {
        Deadline = Environment.TickCount64 + milliseconds;
        _pool.DeadlineSet();
    }

    private void Send(ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        // Never waits: a runner that does not read is stuck before its command runs, and then only its deadline matters.
        int result = DescriptorMessage.Send(_socket.Number, message, descriptors, wait: false);
        if (result == -Errno.EPIPE && !_ready)
            return; // it did not come up: its end is the next event
        if (result is not (0 or -Errno.EAGAIN))
            throw new GuestFault(GoAwayReason.Tampered, "a helper cannot be reached: " + Errno.Describe(-result));
    }
}
