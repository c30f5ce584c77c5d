using System.Globalization;
using System.Text;

namespace Vitrine.Policy.Problems;

/// <summary>Makes foreign text fit for a terminal: control characters and lone surrogates become `\xNN`, long text is cut.</summary>
internal static class Printable
{
    public static string Of(string text, int maxLength = 80)
    {
        string cut = text.Length <= maxLength ? text : string.Concat(text.AsSpan(0, maxLength), "…");
        return cut.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 ? cut : Escape(cut);
    }

    private static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsHarmless(rune)) result.Append(rune.ToString());
            else result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
        }

        return result.ToString();
    }

    // Format characters (bidirectional overrides among them) can make a line read otherwise than it is.
    private static bool IsHarmless(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}
