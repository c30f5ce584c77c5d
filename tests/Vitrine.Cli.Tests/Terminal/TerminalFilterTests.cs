using System.Buffers;
using System.Text;
using Vitrine.Cli.Terminal;

namespace Vitrine.Cli.Tests.Terminal;

public sealed class TerminalFilterTests
{
    [Theory]
    [InlineData("plain text, tabs\tand lines\r\n")]
    [InlineData("äöü – 漢字 🦊 \u00a0 \u00ff ἀ\u0300")]
    [InlineData("\e[1;31mred\e[0m \e[38;2;1;2;3mtrue\e[m \e[4:3mcurly\e[m")]
    [InlineData("\e[2J\e[H\e[10;20H\e[A\e[3B\e[C\e[D\e[K\e[1K\e[2S\e[3T\e[5X\e[2P\e[@\e[L\e[M")]
    [InlineData("\e7\e8\eD\eE\eM\e(0lqk\e(B\e=\e>")]
    [InlineData("\e[?1049h\e[?25l\e[?25;7h\e[?2004h\e[?1006;1002h\e[4h")]
    [InlineData("\e[3 q\e[!p\e[1;10r\e[s\e[u\e[b\e[?2J")]
    [InlineData("\u009b31mred by C1\u009bm")]
    [InlineData("bell \a, back \b, form \f, tab \v, del \u007f, nul \0")]
    public void Filter_WhatOnlyDraws_PassesByteForByte(string text) => Assert.Equal(text, Run(text));

    [Theory]
    [InlineData("a\e]0;title\ab", "ab")]
    [InlineData("a\e]0;title\e\\b", "ab")]
    [InlineData("a\e]52;c;cm0gLXJmIC8=\ab", "ab")] // clipboard
    [InlineData("a\e]8;;http://evil.example\e\\link\e]8;;\e\\b", "alinkb")]
    [InlineData("a\u009d0;title\u009cb", "ab")]
    [InlineData("a\ePq#0;2;0;0;0\e\\b", "ab")] // sixel
    [InlineData("a\e_Gf=100;AAAA\e\\b", "ab")] // kitty graphics
    [InlineData("a\e^private\e\\b", "ab")]
    [InlineData("a\eXstart\e\\b", "ab")]
    [InlineData("a\u0090$q\"p\u009cb", "ab")] // DECRQSS
    [InlineData("a\e]0;t\u0018b", "ab")] // CAN ends it
    public void Filter_Strings_AreDropped(string text, string expected) => Assert.Equal(expected, Run(text));

    [Theory]
    [InlineData("\e[6n")] // cursor position
    [InlineData("\e[5n")]
    [InlineData("\e[?6n")]
    [InlineData("\e[c")] // device attributes
    [InlineData("\e[>c")]
    [InlineData("\e[=c")]
    [InlineData("\e[>q")] // XTVERSION
    [InlineData("\e[?u")] // kitty keyboard
    [InlineData("\e[?2026$p")] // DECRQM
    [InlineData("\e[21t")] // report title
    [InlineData("\e[8;1;1t")] // resize
    [InlineData("\e[3;0;0t")] // move window
    [InlineData("\e[5i")] // print
    [InlineData("\e[1x")]
    [InlineData("\e[?1;1;0S")] // graphics
    [InlineData("\eZ")] // DECID
    [InlineData("\ec")] // full reset
    [InlineData("\e#8")]
    [InlineData("\e%@")]
    [InlineData("\e[?3h")] // 132 columns
    [InlineData("\e[?25;3h")] // one of two
    [InlineData("\e[?9999999999h")]
    [InlineData("\e[20h")]
    [InlineData("\e[>4;2m")] // XTMODKEYS
    [InlineData("\e[1;2;3;4;5T")] // mouse highlighting
    [InlineData("\u0005")] // ENQ
    [InlineData("\u009b6n")]
    [InlineData("\u0085")]
    [InlineData("\u009a")]
    [InlineData("\e\\")]
    public void Filter_QueriesAndWhatMovesTheTerminalItself_AreDropped(string sequence) => Assert.Equal("ab", Run("a" + sequence + "b"));

    [Fact]
    public void Filter_LoneC1Bytes_AreDroppedAndTheirPayloadIsText() =>
        Assert.Equal("a0;title b"u8.ToArray(), RunBytes([(byte)'a', 0x9d, .. "0;title"u8, 0x9c, .. " b"u8]));

    [Fact]
    public void Filter_BrokenUtf8_CannotSmuggleC1()
    {
        // Overlong E0 82 9B, a lead cut off before 9B, F8, a surrogate: none of them leaves a byte 0x80..9F behind a byte it could pair
        // with.
        byte[] result = RunBytes([0xe0, 0x82, 0x9b, (byte)'m', 0xe2, 0x9b, 0x9b, 0x9b, 0xf8, 0x90, 0xed, 0xa0, 0x9d, 0xc2, (byte)'x']);
        Assert.DoesNotContain("\u009b", Encoding.UTF8.GetString(result), StringComparison.Ordinal);
        Assert.DoesNotContain("\u009d", Encoding.UTF8.GetString(result), StringComparison.Ordinal);
        Assert.Contains((byte)'m', result);
    }

    [Fact]
    public void Filter_HalfCharacter_IsHeldUntilWhole()
    {
        var filter = new TerminalFilter();
        var output = new ArrayBufferWriter<byte>();
        filter.Filter([0xc3], output);
        Assert.Equal(0, output.WrittenCount);
        filter.Filter([0xa4], output);
        Assert.Equal("ä"u8.ToArray(), output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Filter_HalfSequence_IsHeldUntilWhole()
    {
        var filter = new TerminalFilter();
        var output = new ArrayBufferWriter<byte>();
        filter.Filter("\e[3"u8, output);
        Assert.Equal(0, output.WrittenCount);
        filter.Filter("1m"u8, output);
        Assert.Equal("\e[31m"u8.ToArray(), output.WrittenSpan.ToArray());
    }

    [Fact]
    public void Filter_EscapeWithinAString_EndsItAndStartsTheNextSequence() =>
        Assert.Equal("a\e[31mb", Run("a\e]0;title\e[31mb"));

    [Fact]
    public void Filter_ControlWithinASequence_DropsTheSequenceAndKeepsTheControl() => Assert.Equal("a\n31mb", Run("a\e[\n31mb"));

    [Fact]
    public void Filter_EndlessString_DoesNotHideAllThatFollows()
    {
        string text = Run("\eP" + new string('x', TerminalFilter.LongestString + 10) + "\nstill here");
        Assert.EndsWith("\nstill here", text, StringComparison.Ordinal);
        Assert.True(text.Length < 100);
    }

    [Fact]
    public void Filter_EndlessParameters_AreDropped() => Assert.Equal("ab", Run("a\e[" + new string('1', 10_000) + "mb"));

    [Fact]
    public void Finish_AfterChanges_UndoesThem()
    {
        var filter = new TerminalFilter();
        var output = new ArrayBufferWriter<byte>();
        filter.Filter("\e[?1049h\e[?25l\e[31m\e(0\e[4h\e[2;5r\e="u8, output);
        output.ResetWrittenCount();
        filter.Finish(output);
        Assert.Equal("\e[?1049l\e[?25h\e7\e[r\e8\e[4l\e(B\u000f\e>\e[0m", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("\e[31mred\e[0m")]
    [InlineData("\e[?25l\e[?25h")]
    public void Finish_NothingLeftChanged_WritesNothing(string text)
    {
        var filter = new TerminalFilter();
        var output = new ArrayBufferWriter<byte>();
        filter.Filter(Encoding.UTF8.GetBytes(text), output);
        output.ResetWrittenCount();
        filter.Finish(output);
        Assert.Equal(0, output.WrittenCount);
    }

    private static string Run(string text) => Encoding.UTF8.GetString(RunBytes(Encoding.UTF8.GetBytes(text)));

    private static byte[] RunBytes(ReadOnlySpan<byte> bytes)
    {
        var output = new ArrayBufferWriter<byte>();
        new TerminalFilter().Filter(bytes, output);
        return output.WrittenSpan.ToArray();
    }
}
