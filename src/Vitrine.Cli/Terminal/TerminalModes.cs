using System.Buffers;
using System.Buffers.Text;

namespace Vitrine.Cli.Terminal;

/// <summary>
/// The lasting changes a stream made to the terminal, so that they can be undone when it ends: a program killed in its full-screen view
/// must not
/// leave a terminal without a cursor, on the other screen, or sending mouse reports to the shell.
/// </summary>
internal sealed class TerminalModes
{
    /// <summary>
    /// The private modes that may pass, and how a terminal has them: cursor keys 1, wrap 7, cursor 12 and 25, other screen 47, 1047, 1048
    /// and 1049,
    /// mouse 1000 to 1015, focus 1004, bracketed paste 2004, one-frame update 2026. Not 3 (resizes), not 1034-1036 and the like (the
    /// keyboard).
    /// </summary>
    private static readonly Dictionary<int, bool> s_defaults = new()
    {
        [1] = false,
        [7] = true,
        [12] = false,
        [25] = true,
        [47] = false,
        [1000] = false,
        [1002] = false,
        [1003] = false,
        [1004] = false,
        [1005] = false,
        [1006] = false,
        [1015] = false,
        [1047] = false,
        [1048] = false,
        [1049] = false,
        [2004] = false,
        [2026] = false,
    };

    private readonly SortedSet<int> _changed = [];
    private bool _rendition;
    private bool _characterSet;
    private bool _insert;
    private bool _region;
    private bool _keypad;
    private bool _cursorShape;

    /// <summary>Whether each of the modes, separated by semicolons, may pass.</summary>
    public static bool AllPrivateAllowed(ReadOnlySpan<byte> modes) => TryParse(modes, static (_, _) => { }, state: (object?)null);

    /// <summary>Notes a control byte that passed.</summary>
    public void SawControl(byte control) => _characterSet |= control == 0x0e;

    /// <summary>Notes a sequence that passed.</summary>
    /// <param name="sequence">All of it, from ESC or C1 on.</param>
    public void SawSequence(ReadOnlySpan<byte> sequence)
    {
        bool escape = sequence[0] == 0x1b && sequence[1] != (byte)'[';
        byte final = sequence[^1];
        if (escape)
        {
            _keypad |= final is (byte)'=' or (byte)'>';
            _characterSet |= sequence.Length == 3;
            return;
        }

        ReadOnlySpan<byte> body = sequence[2..^1];
        switch (final)
        {
            case (byte)'m':
                _rendition = !(body.IsEmpty || body.SequenceEqual("0"u8));
                break;
            case (byte)'r':
                _region = !body.IsEmpty;
                break;
            case (byte)'q':
                _cursorShape = true;
                break;
            case (byte)'h' or (byte)'l' when body.Length > 0 && body[0] == (byte)'?':
                bool set = final == (byte)'h';
                _ = TryParse(body[1..], static (mode, s) => s.Self.Note(mode, s.Set), (Self: this, Set: set));
                break;
            case (byte)'h' or (byte)'l':
                _insert = final == (byte)'h';
                break;
            default:
                break;
        }
    }

    /// <summary>Writes what undoes the changes, and forgets them.</summary>
    public void WriteReset(IBufferWriter<byte> output)
    {
        // The other screen first: rendition and region belong to the screen that is left behind.
        Span<byte> digits = stackalloc byte[8];
        foreach (int mode in _changed.Reverse())
        {
            output.Write("\e[?"u8);
            _ = Utf8Formatter.TryFormat(mode, digits, out int length);
            output.Write(digits[..length]);
            output.Write(s_defaults[mode] ? "h"u8 : "l"u8);
        }

        _changed.Clear();
        WriteIf(ref _region, "\e7\e[r\e8"u8, output); // DECSTBM homes the cursor.
        WriteIf(ref _insert, "\e[4l"u8, output);
        WriteIf(ref _characterSet, "\e(B\u000f"u8, output);
        WriteIf(ref _keypad, "\e>"u8, output);
        WriteIf(ref _cursorShape, "\e[0 q"u8, output);
        WriteIf(ref _rendition, "\e[0m"u8, output);
    }

    private static void WriteIf(ref bool changed, ReadOnlySpan<byte> reset, IBufferWriter<byte> output)
    {
        if (changed)
            output.Write(reset);
        changed = false;
    }

    private static bool TryParse<TState>(ReadOnlySpan<byte> modes, Action<int, TState> each, TState state)
    {
        foreach (Range part in modes.Split((byte)';'))
        {
            ReadOnlySpan<byte> text = modes[part];
            if (!Utf8Parser.TryParse(text, out int mode, out int used) || used != text.Length || !s_defaults.ContainsKey(mode))
                return false;
            each(mode, state);
        }

        return true;
    }

    private void Note(int mode, bool set)
    {
        if (set == s_defaults[mode])
            _changed.Remove(mode);
        else
            _changed.Add(mode);
    }
}
