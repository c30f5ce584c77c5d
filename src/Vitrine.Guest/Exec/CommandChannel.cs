using Vitrine.Guest.Init;
using Vitrine.Linux;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>
/// A command's channel:
/// <code>
/// starting ─Started─► running ─Exited─► ended ─streams at their end, and what was to be killed gone─► closed
///     └─────Failed─► refused      Reset, at any time: the tree is killed, and when it is empty ─► closed
/// </code>
/// </summary>
internal sealed class CommandChannel : Channel, IRunnerClient
{
    private readonly GuestContext _context;
    private readonly CommandRequest _request;
    private readonly CommandStreams _streams;
    private readonly RunnerLink _runner;
    private bool _started;
    private bool _opened;
    private bool _exited;
    private bool _treeEmpty;
    private bool _killed;
    private bool _reset;
    private bool _closed;

    private CommandChannel(GuestContext context, ushort id, CommandRequest request, StandardDescriptors descriptors, RunnerLink runner)
        : base(id)
    {
        _context = context;
        _request = request;
        _runner = runner;
        _streams = new CommandStreams(context, id, request, descriptors, CloseIfOver);
    }

    /// <summary>Starts a command, or refuses the channel.</summary>
    /// <param name="context">The guest.</param>
    /// <param name="id">The channel.</param>
    /// <param name="request">What to run.</param>
    /// <param name="payload">The same as it came over the wire.</param>
    /// <param name="preface">Bytes to put before the host's input.</param>
    internal static void Open(GuestContext context, ushort id, CommandRequest request, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> preface = default)
    {
        if (CommandCheck.Fault(request, context) is { } fault)
        {
            context.Refuse(id, fault.Errno, fault.Message);
            return;
        }

        StandardDescriptors descriptors;
        try
        {
            descriptors = StandardDescriptors.Create(request, context.Setup.SwitchesUser);
        }
        catch (LinuxException e)
        {
            context.Refuse(id, e.Errno, e.Message);
            return;
        }

        RunnerLink? runner = context.Runners.Take(out LaunchFailure failure);
        if (runner is null)
        {
            descriptors.Dispose();
            context.Refuse(id, failure.Errno, LaunchMessage.For(failure, request));
            return;
        }

        var channel = new CommandChannel(context, id, request, descriptors, runner);
        context.Channels.Add(channel);
        if (!preface.IsEmpty)
            channel._streams.Preface(preface);
        Span<int> numbers = stackalloc int[3];
        runner.Run(channel, payload, numbers[..descriptors.CopyTo(numbers)], request.TimeoutMilliseconds);
        descriptors.CloseChildEnds();
    }

    internal override void OnData(ReadOnlySpan<byte> bytes) => _streams.Write(bytes);

    internal override void OnEof() => _streams.EndInput();

    internal override void OnCredit(ChannelStream stream, uint bytes) => _streams.AddCredit(stream, bytes);

    internal override void OnResize(TerminalSize size) => _streams.Resize(size);

    internal override void OnSignal(CommandSignal signal)
    {
        if (signal.Signal is 0 or > 64 || signal.Scope > SignalScope.Tree)
            throw new Protocol.ProtocolException($"signal {signal.Signal} for scope {(byte)signal.Scope} is none");
        if (_treeEmpty || _reset)
            return;
        if (signal is { Signal: 9, Scope: SignalScope.Tree })
            KillTree();
        else
            _runner.Signal(signal.Signal, signal.Scope, signal.Scope == SignalScope.Group ? _streams.ForegroundGroup : 0);
    }

    internal override void OnReset()
    {
        if (_reset)
            return;
        _reset = true;
        _streams.Dispose();
        if (_treeEmpty)
            CloseIfOver();
        else
            KillTree();
    }

    public void OnStarted(uint pid)
    {
        _started = true;
        if (_reset)
            return;
        _opened = true;
        var writer = new WireWriter();
        new ChannelOpened(pid, _streams.InputWindow).Write(writer);
        _context.Wire.Send(FrameType.Opened, Id, writer.Written);
        _streams.Start();
    }

    public void OnFailed(int errno, string message)
    {
        _closed = true;
        _streams.Dispose();
        _context.Channels.Remove(this);
        _context.Refuse(Id, errno, message);
    }

    public void OnExited(ReadOnlySpan<byte> exit)
    {
        if (_reset)
        {
            _exited = true;
            return;
        }

        // What it wrote before it ended goes first, as far as the host gave credit. Draining may end the streams, which must not close the
        // channel before
        // the exit is told.
        _streams.OnExited();
        _context.Wire.Send(FrameType.Exited, Id, exit);
        _exited = true;
        CloseIfOver();
    }

    public void OnIdle()
    {
        _treeEmpty = true;
        CloseIfOver();
    }

    private void KillTree()
    {
        _killed = true;
        _runner.KillTree();
    }

    private void CloseIfOver()
    {
        if (_closed || !_started)
            return;
        bool over = _reset ? _treeEmpty : _exited && _streams.AreEnded && (_treeEmpty || !(_request.KillTreeOnExit || _killed));
        if (!over)
            return;
        _closed = true;
        _streams.Dispose();
        if (!_treeEmpty)
            _runner.Orphan();
        if (_opened)
            _context.Close(this);
        else
            _context.RefuseCancelled(this);
    }
}
