using Vitrine.Guest.Init;
using Vitrine.Linux.Files;
using Vitrine.Linux.Terminals;
using Vitrine.Protocol;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>Our ends of a command's streams: a pipe each, or one terminal for all.</summary>
internal sealed class CommandStreams : IDisposable
{
    /// <summary>Ctrl-D, which a terminal takes for the end of its input (termios(3), VEOF).</summary>
    private const byte EndOfFile = 4;

    private readonly GuestContext _context;
    private readonly ushort _channel;
    private readonly InStream? _input;
    private readonly OutStream _output;
    private readonly OutStream? _error;
    private readonly Descriptor? _terminal;

    internal CommandStreams(GuestContext context, ushort channel, CommandRequest request, StandardDescriptors descriptors, Action ended)
    {
        _context = context;
        _channel = channel;
        if (descriptors.Terminal is { } terminal)
        {
            // Two watches need two numbers. A terminal's input has no end but the character for it.
            _terminal = terminal;
            _output = new OutStream(context, channel, ChannelStream.Output, terminal, request.OutputCredit, ended);
            _input = new InStream(context, channel, DescriptorIo.DuplicateFrom(terminal.Number, 3), finish: () => DescriptorIo.Write(terminal.Number, [EndOfFile]));
            return;
        }

        _output = new OutStream(context, channel, ChannelStream.Output, descriptors.Output!, request.OutputCredit, ended);
        _error = new OutStream(context, channel, ChannelStream.Error, descriptors.Error!, request.ErrorCredit, ended);
        if (descriptors.Input is { } input)
            _input = new InStream(context, channel, input);
    }

    /// <summary>Bytes of input the host may send at first.</summary>
    internal uint InputWindow => _input is null ? 0u : InStream.Window;

    /// <summary>Whether the ends of both were told to the host.</summary>
    internal bool AreEnded => _output.IsEnded && (_error is null || _error.IsEnded);

    /// <summary>What Ctrl-C would reach; 0 without a terminal.</summary>
    internal int ForegroundGroup => _terminal is null || _terminal.IsClosed ? 0 : PseudoTerminal.ForegroundGroup(_terminal);

    internal void Preface(ReadOnlySpan<byte> bytes) => _input!.Preface(bytes);

    /// <summary>The host knows the channel.</summary>
    internal void Start()
    {
        if (_error is null)
            _context.Wire.Send(FrameType.Eof, _channel, default, ChannelStream.Error);
        _output.Start();
        _error?.Start();
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        if (_input is null)
            throw new ProtocolException("the host sends input to a command that has none");
        _input.Write(bytes);
    }

    internal void EndInput() => _input?.End();

    internal void AddCredit(ChannelStream stream, uint bytes)
    {
        if (stream == ChannelStream.Output)
            _output.AddCredit(bytes);
        else
            _error?.AddCredit(bytes);
    }

    internal void Resize(TerminalSize size)
    {
        if (_terminal is { IsClosed: false })
            PseudoTerminal.Resize(_terminal, size.Columns, size.Rows);
    }

    /// <summary>The first process ended: takes what it left in the pipes, and ends the input.</summary>
    internal void OnExited()
    {
        _output.Drain();
        _error?.Drain();
        if (_terminal is null)
            _input?.Dispose();
    }

    public void Dispose()
    {
        _input?.Dispose();
        _output.Dispose();
        _error?.Dispose();
    }
}
