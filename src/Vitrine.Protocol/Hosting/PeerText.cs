using System.Globalization;
using System.Text;

namespace Vitrine.Protocol.Hosting;

/// <summary>Makes a sentence of the guest's fit for a log or a terminal: one line, printable, bounded.</summary>
internal static class PeerText
{
    public const int MaxLength = 512;

    public static string Clean(string hostile)
    {
        ReadOnlySpan<char> kept = hostile.AsSpan(0, Math.Min(hostile.Length, MaxLength));
        var clean = new StringBuilder(kept.Length + 1);
        foreach (Rune rune in kept.EnumerateRunes())
            clean.Append(IsPrintable(rune) ? rune : Rune.ReplacementChar);
        if (hostile.Length > MaxLength)
            clean.Append('…');
        return clean.ToString();
    }

    // Format takes in the bidirectional overrides, by which a sentence can be shown other than it is.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
