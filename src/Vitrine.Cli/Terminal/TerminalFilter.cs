using System.Buffers;

namespace Vitrine.Cli.Terminal;

/// <summary>
/// Stands between a stranger's bytes and a person's terminal (HARDENING 31). Text, colours and cursor motion pass byte for byte; whatever
/// makes
/// a terminal do more than draw is dropped: operating system commands (title, clipboard, links), device control strings, queries whose
/// answers
/// would be typed into the shell, window operations, unknown sequences. It never lets out a part of a sequence or of a UTF-8 character, so
/// two
/// filtered streams can share a terminal without forming a sequence together.
/// </summary>
/// <remarks>
/// <code>
///          text ──ESC──► Escape ──[──► Csi ──final──► pass or drop
///           ▲              │ └─P ] X ^ _──► String ──ST, BEL, CAN──► text
///           └─final, drop──┘
/// </code>
/// The states are ECMA-48's. C1 controls count in both forms: ESC + 0x40..5F and, in UTF-8, 0xC2 + 0x80..9F. A lone byte 0x80..9F is
/// dropped.
/// What a dropped string holds can not be seen by the terminal even where it would end the string elsewhere: its start never reached it.
/// </remarks>
internal sealed class TerminalFilter
{
    /// <summary>A string longer than this is taken for binary noise and ends, so that it cannot hide all that follows.</summary>
    internal const int LongestString = 1 << 20;

    private const int LongestSequence = 64;

    private readonly TerminalModes _modes = new();
    private readonly Utf8Gate _text = new();
    private readonly byte[] _sequence = new byte[LongestSequence];
    private int _length;
    private int _swallowed;
    private State _state;

    private enum State
    {
        Text,
        Escape,
        Csi,
        DroppedCsi,
        String,
        StringEscape,
        StringC2,
    }

    /// <summary>Filters the next bytes of the stream.</summary>
    /// <param name="input">Bytes as they came; sequences may be split anywhere.</param>
    /// <param name="output">Takes what may pass.</param>
    public void Filter(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        while (input.Length > 0)
        {
            if (_state == State.Text && _text.IsIdle && PlainLength(input) is var plain and > 0)
            {
                output.Write(input[..plain]);
                input = input[plain..];
                continue;
            }

            Step(input[0], output);
            input = input[1..];
        }
    }

    /// <summary>
    /// What puts the terminal back as it was: modes, colours, character sets and the cursor that the stream changed and left so.
    /// </summary>
    /// <param name="output">Takes the bytes; none when nothing was changed.</param>
    public void Finish(IBufferWriter<byte> output)
    {
        _text.Flush(output);
        _state = State.Text;
        _modes.WriteReset(output);
    }

    /// <summary>Length of the run of bytes at the start that need no look: printable ASCII and the usual motion.</summary>
    private static int PlainLength(ReadOnlySpan<byte> input)
    {
        int special = input.IndexOfAnyExcept(s_plain);
        return special < 0 ? input.Length : special;
    }

    private static readonly SearchValues<byte> s_plain =
        SearchValues.Create([.. "\b\t\n\r"u8, .. Enumerable.Range(0x20, 0x5f).Select(static i => (byte)i)]);

    private void Step(byte b, IBufferWriter<byte> output)
    {
        switch (_state)
        {
            case State.Text:
                Text(b, output);
                break;
            case State.Escape:
                Escape(b, output);
                break;
            case State.Csi:
            case State.DroppedCsi:
                Csi(b, output);
                break;
            default:
                String(b, output);
                break;
        }
    }

    private void Text(byte b, IBufferWriter<byte> output)
    {
        if (_text.Take(b, output) is not { } control)
            return;
        switch (control)
        {
            case 0x1b:
                Begin(State.Escape, "\e"u8);
                break;
            case 0x9b:
                Begin(State.Csi, "\u009b"u8);
                break;
            case 0x90 or 0x98 or 0x9d or 0x9e or 0x9f:
                Begin(State.String, []);
                break;
            case >= 0x80 or 0x05: // ENQ makes a terminal type its answerback.
                break;
            default:
                _modes.SawControl(control);
                output.Write([control]);
                break;
        }
    }

    private void Begin(State state, ReadOnlySpan<byte> start)
    {
        _state = state;
        _swallowed = 0;
        start.CopyTo(_sequence);
        _length = start.Length;
    }

    private void Escape(byte b, IBufferWriter<byte> output)
    {
        if (b is < 0x20 or >= 0x7f)
        {
            Restart(b, output);
            return;
        }

        bool first = _length == 1;
        if (!Append(b))
        {
            _state = State.Text;
            return;
        }

        if (first && b == (byte)'[')
            _state = State.Csi;
        else if (first && b is (byte)'P' or (byte)'X' or (byte)']' or (byte)'^' or (byte)'_')
            Begin(State.String, []);
        else if (b >= 0x30)
            EndSequence(AllowedSequences.Escape(_sequence.AsSpan(1, _length - 1)), output);
    }

    private void Csi(byte b, IBufferWriter<byte> output)
    {
        if (b is < 0x20 or >= 0x7f)
        {
            Restart(b, output);
            return;
        }

        if (_state == State.Csi && !Append(b))
            _state = State.DroppedCsi;
        if (b < 0x40)
            return;
        // ESC [ and C2 9B are two bytes each.
        EndSequence(_state == State.Csi && AllowedSequences.Csi(_sequence.AsSpan(2, _length - 2)), output);
    }

    private void String(byte b, IBufferWriter<byte> output)
    {
        _swallowed++;
        State was = _state;
        _state = State.String;
        if (was == State.StringEscape && b != (byte)'\\')
        {
            // A terminal takes ESC within a string as its end and the start of the next sequence.
            Begin(State.Escape, "\e"u8);
            Escape(b, output);
        }
        else if (was == State.StringEscape || (was == State.StringC2 && b == 0x9c) || b is 0x07 or 0x18 or 0x1a
            || _swallowed > LongestString)
            _state = State.Text;
        else if (b == 0x1b)
            _state = State.StringEscape;
        else if (b == 0xc2)
            _state = State.StringC2;
    }

    /// <summary>
    /// A control or a byte of another character within a sequence: what was begun is dropped, and the byte is looked at anew.
    /// </summary>
    private void Restart(byte b, IBufferWriter<byte> output)
    {
        _state = State.Text;
        if (b is not (0x18 or 0x1a))
            Text(b, output);
    }

    private bool Append(byte b)
    {
        if (_length == LongestSequence)
            return false;
        _sequence[_length++] = b;
        return true;
    }

    private void EndSequence(bool allowed, IBufferWriter<byte> output)
    {
        _state = State.Text;
        if (!allowed)
            return;
        _modes.SawSequence(_sequence.AsSpan(0, _length));
        output.Write(_sequence.AsSpan(0, _length));
    }
}
