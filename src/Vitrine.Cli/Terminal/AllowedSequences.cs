namespace Vitrine.Cli.Terminal;

/// <summary>
/// Which escape sequences may reach a terminal: a list of what draws. What is not on it is dropped, so that a terminal's next invention is
/// dropped too (names: ECMA-48; DEC STD 070; console_codes(4)).
/// </summary>
internal static class AllowedSequences
{
    /// <summary>Whether a sequence without parameters may pass.</summary>
    /// <param name="body">What follows ESC: intermediates and the final byte.</param>
    public static bool Escape(ReadOnlySpan<byte> body) => body.Length switch
    {
        // DECSC, DECRC, IND, NEL, HTS, RI, keypad modes. Not Z (DECID asks), not c (RIS resets more than is drawn).
        1 => body[0] is (byte)'7' or (byte)'8' or (byte)'D' or (byte)'E' or (byte)'H' or (byte)'M' or (byte)'=' or (byte)'>',

        // Character sets that line drawing needs (SCS). Not % (leaves UTF-8), not # (DECALN).
        2 => body[0] is >= (byte)'(' and <= (byte)'+' && body[1] is (byte)'0' or (byte)'A' or (byte)'B',
        _ => false,
    };

    /// <summary>Whether a control sequence may pass.</summary>
    /// <param name="body">What follows CSI: parameters, intermediates and the final byte.</param>
    public static bool Csi(ReadOnlySpan<byte> body)
    {
        byte final = body[^1];
        ReadOnlySpan<byte> rest = body[..^1];
        int intermediate = rest.IndexOfAnyInRange((byte)0x20, (byte)0x2f);
        ReadOnlySpan<byte> parameters = intermediate < 0 ? rest : rest[..intermediate];
        ReadOnlySpan<byte> intermediates = intermediate < 0 ? [] : rest[intermediate..];
        if (intermediates.IndexOfAnyInRange((byte)0x30, (byte)0x3f) >= 0)
            return false;
        bool isPrivate = parameters.Length > 0 && parameters[0] is >= 0x3c and <= 0x3f;
        ReadOnlySpan<byte> numbers = isPrivate ? parameters[1..] : parameters;
        if (numbers.IndexOfAnyInRange((byte)0x3c, (byte)0x3f) >= 0)
            return false;

        if (intermediates.SequenceEqual(" "u8))
            return final == (byte)'q' && !isPrivate; // DECSCUSR: the cursor's shape.
        if (intermediates.SequenceEqual("!"u8))
            return final == (byte)'p' && parameters.IsEmpty; // DECSTR: back to defaults.
        if (!intermediates.IsEmpty)
            return false; // DECRQM and other questions live here.
        if (isPrivate)
        {
            return final switch
            {
                (byte)'h' or (byte)'l' => parameters[0] == (byte)'?' && TerminalModes.AllPrivateAllowed(numbers),
                (byte)'J' or (byte)'K' => parameters[0] == (byte)'?',
                _ => false, // ?n ?u ?S ?c >c >q =c: questions; >m: another keyboard.
            };
        }

        return final switch
        {
            // Motion: CUU CUD CUF CUB CNL CPL CHA CUP CHT CBT, HPA HPR HVP VPA VPR, SCOSC SCORC.
            >= (byte)'A' and <= (byte)'I' or (byte)'Z' or (byte)'`' or (byte)'a' or (byte)'d' or (byte)'e' or (byte)'f' => true,
            (byte)'s' or (byte)'u' => parameters.IsEmpty,

            // Drawing: ED EL IL DL DCH ECH ICH, SU SD, REP, SGR, TBC, DECSTBM.
            (byte)'J' or (byte)'K' or (byte)'L' or (byte)'M' or (byte)'P' or (byte)'X' or (byte)'@' or (byte)'S' or (byte)'b' or (
                byte)'m' or (byte)'g'
                or (byte)'r' => true,
            (byte)'T' => numbers.IndexOf((byte)';') < 0, // with five parameters it is mouse highlighting.
            (byte)'h' or (byte)'l' => numbers.SequenceEqual("4"u8), // IRM: insert or replace.
            _ => false, // c, n, x: questions; t: window and title; i: printer; q: LEDs; y: tests.
        };
    }
}
