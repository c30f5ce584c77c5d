using System.Globalization;
using System.Text;

namespace Vitrine.Cli.Output;

/// <summary>Makes text of unknown origin (arguments, file names, messages from inside) harmless on a terminal.</summary>
internal static class TerminalText
{
    /// <summary>Replaces control characters and bidirectional overrides by visible escapes; everything else stays.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="keepLineFeeds">Whether line feeds stay: only for text of ours that quotes others.</param>
    public static string Escape(string text, bool keepLineFeeds = false)
    {
        int first = 0;
        while (first < text.Length && !IsDangerous(text[first], keepLineFeeds))
            first++;
        if (first == text.Length)
            return text;
        var safe = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (char c in text.AsSpan(first))
        {
            if (!IsDangerous(c, keepLineFeeds))
                safe.Append(c);
            else
                safe.Append(c switch
                {
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    '\e' => "\\e",
                    _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                });
        }

        return safe.ToString();
    }

    // U+202A..E and U+2066..9 reorder what a reader sees ("Trojan Source").
    private static bool IsDangerous(char c, bool keepLineFeeds) =>
        (char.IsControl(c) && !(keepLineFeeds && c == '\n')) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';
}
