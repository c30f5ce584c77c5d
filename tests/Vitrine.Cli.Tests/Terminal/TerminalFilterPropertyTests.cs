using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Vitrine.Cli.Terminal;

namespace Vitrine.Cli.Tests.Terminal;

/// <summary>What must hold for any bytes; the seed is printed by the failing assertion.</summary>
public sealed class TerminalFilterPropertyTests
{
    private const int Rounds = 20_000;

    // Bytes that steer the states come often, so that random input reaches them.
    private static readonly byte[] s_steering =
        [.. "\e[]P_^X\\?;>=0123456789 $!mhlcnqrtABH(B"u8, 0x07, 0x18, 0x05, 0x0a, 0xc2, 0x90, 0x9b, 0x9c, 0x9d, 0x9f, 0xe2, 0x80, 0xf0];

    private static readonly Regex s_allowed = new(
        @"\A(\x1b[78DEHM=>]|\x1b[(-+][0AB]|(\x1b\[|\xc2\x9b)([0-9:;]*[A-MPSTXZ@`abdefgmrsu]|\?[0-9;]*[JKhl]|4[hl]|[0-9:;]* q|!p))",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    [Fact]
    public void Filter_SplitAnywhere_GivesTheSame()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = Next(random);
            byte[] whole = Run(input, input.Length + 1, random);
            byte[] split = Run(input, 4, random);
            Assert.True(whole.AsSpan().SequenceEqual(split), $"seed {seed}, round {round}: {Convert.ToHexString(input)}");
        }
    }

    [Fact]
    public void Filter_AnyInput_IsASubsequenceWithOnlyAllowedControls()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        int escapes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = Next(random);
            byte[] output = Run(input, input.Length + 1, random);
            string where = $"seed {seed}, round {round}: {Convert.ToHexString(input)} gave {Convert.ToHexString(output)}";
            Assert.True(IsSubsequence(output, input), where);
            Assert.False(output.AsSpan().Contains((byte)0x05), where);
            escapes += CheckSequences(output, where);
        }

        Assert.True(escapes > Rounds / 100, "too few sequences passed for this test to mean anything");
    }

    [Fact]
    public void Filter_ItsOwnOutput_PassesUnchanged()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] once = Run(Next(random), 1_000, random);
            byte[] twice = Run(once, 1_000, random);

            // A broken character at the very end may be held the second time.
            Assert.True(once.AsSpan().StartsWith(twice) && once.Length - twice.Length <= 3,
                $"seed {seed}, round {round}: {Convert.ToHexString(once)}");
        }
    }

    [Fact]
    public void Filter_TwoStreamsOnOneTerminal_FormNoSequenceTogether()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            (TerminalFilter first, TerminalFilter second) = (new(), new());
            var terminal = new ArrayBufferWriter<byte>();
            for (int i = 0; i < 6; i++)
                (random.Next(2) == 0 ? first : second).Filter(Next(random, 4), terminal);
            string where = $"seed {seed}, round {round}: {Convert.ToHexString(terminal.WrittenSpan)}";
            CheckSequences(terminal.WrittenSpan, where);
        }
    }

    /// <summary>
    /// An independent look, written from the other side: after every ESC or C1 must stand a sequence of the allowed shape.
    /// </summary>
    private static int CheckSequences(ReadOnlySpan<byte> output, string where)
    {
        int count = 0;
        string text = Encoding.Latin1.GetString(output);
        for (int i = 0; i < text.Length; i++)
        {
            bool c1 = text[i] == '\u00c2' && i + 1 < text.Length && text[i + 1] is >= '\u0080' and < '\u00a0';
            if (text[i] != '\e' && !c1)
                continue;
            count++;
            Assert.True(s_allowed.IsMatch(text[i..]), where);
        }

        return count;
    }

    private static bool IsSubsequence(ReadOnlySpan<byte> part, ReadOnlySpan<byte> whole)
    {
        foreach (byte b in part)
        {
            int at = whole.IndexOf(b);
            if (at < 0)
                return false;
            whole = whole[(at + 1)..];
        }

        return true;
    }

    private static byte[] Next(Random random, int longest = 40)
    {
        byte[] bytes = new byte[random.Next(1, longest)];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = random.Next(8) == 0 ? (byte)random.Next(256) : s_steering[random.Next(s_steering.Length)];
        return bytes;
    }

    private static byte[] Run(byte[] input, int longestPiece, Random random)
    {
        var filter = new TerminalFilter();
        var output = new ArrayBufferWriter<byte>();
        for (int at = 0; at < input.Length;)
        {
            int piece = longestPiece > input.Length ? input.Length : Math.Min(random.Next(1, longestPiece), input.Length - at);
            filter.Filter(input.AsSpan(at, piece), output);
            at += piece;
        }

        return output.WrittenSpan.ToArray();
    }
}
