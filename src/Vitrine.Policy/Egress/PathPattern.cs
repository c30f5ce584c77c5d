namespace Vitrine.Policy.Egress;

/// <summary>
/// Paths of requests against a rule's. A pattern is compared as it stands, character by character and without decoding; `*` stands for
/// anything, slashes included, but at the end for at least one character: `/v1/*` covers `/v1/x`, not `/v1/`.
/// </summary>
internal static class PathPattern
{
    /// <summary>Deepest decoding: `%252e` is read as a dot by what decodes twice.</summary>
    private const int Decodings = 3;

    /// <summary>Why a path has no one reading, starting with a verb; null when it has. Servers differ in what they make of dot segments,
    /// backslashes and `;`, plain and encoded: such a path could start as the rule says and end elsewhere.</summary>
    public static string? FormError(string path)
    {
        if (path.Length == 0 || path[0] != '/') return "does not start with a slash";
        string text = path;
        for (int round = 0; round <= Decodings; round++)
        {
            if (text.Any(character => character is < ' ' or '\\' or '\x7f' || (round == 0 && character == ' ')))
                return "holds a backslash, blank or control character";
            if (text.Split('/').Any(segment => segment.Split(';', 2)[0] is "." or "..")) return "has dot segments";
            string decoded = Decode(text);
            if (string.Equals(decoded, text, StringComparison.Ordinal)) return null;
            text = decoded;
        }

        return "is encoded over and over";
    }

    /// <summary>Whether a path is covered.</summary>
    public static bool Matches(string pattern, string path)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1) return string.Equals(pattern, path, StringComparison.Ordinal);
        if (!path.StartsWith(parts[0], StringComparison.Ordinal)) return false;
        int at = parts[0].Length;
        for (int index = 1; index < parts.Length - 1; index++)
        {
            int found = path.IndexOf(parts[index], at, StringComparison.Ordinal);
            if (found < 0) return false;
            at = found + parts[index].Length;
        }

        string end = parts[^1];
        return end.Length == 0 ? path.Length > at : path.Length - end.Length >= at && path.EndsWith(end, StringComparison.Ordinal);
    }

    // One byte a character: only ASCII decides here, and no two bytes of UTF-8 make an ASCII one.
    private static string Decode(string text)
    {
        if (!text.Contains('%')) return text;
        var decoded = new System.Text.StringBuilder(text.Length);
        for (int index = 0; index < text.Length; index++)
        {
            bool isEscape = text[index] == '%' && index + 2 < text.Length
                && char.IsAsciiHexDigit(text[index + 1]) && char.IsAsciiHexDigit(text[index + 2]);
            if (!isEscape)
            {
                decoded.Append(text[index]);
                continue;
            }

            decoded.Append((char)Convert.FromHexString(text.AsSpan(index + 1, 2))[0]);
            index += 2;
        }

        return decoded.ToString();
    }
}
