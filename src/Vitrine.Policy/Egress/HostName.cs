using System.Net;

namespace Vitrine.Policy.Egress;

/// <summary>
/// Names of hosts in the one form they are compared in: ASCII letters in lower case, digits, `-`, `_`, labels of 1 to 63 characters, 253 in
/// all (RFC 1035 section 2.3.4), no dot at the end. Whatever else a text holds (a colon, `@`, `%`, NUL, letters beyond ASCII) is refused
/// rather than repaired: two programs repair differently.
/// </summary>
public static class HostName
{
    /// <summary>Brings a name into that form.</summary>
    /// <param name="text">The name as it came.</param>
    /// <param name="name">The name; empty when it is none.</param>
    /// <returns>What is wrong with it, or nothing.</returns>
    public static HostNameFault Normalize(string text, out string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        name = "";
        if (text.Length == 0) return HostNameFault.Empty;
        if (ReadsAsAddress(text)) return HostNameFault.Address;
        if (!text.All(char.IsAscii)) return HostNameFault.NotAscii;
        if (text[^1] == '.') return HostNameFault.TrailingDot;
        if (text.Length > 253 || !text.Split('.').All(IsLabel)) return HostNameFault.Form;
        name = text.ToLowerInvariant();
        return HostNameFault.None;
    }

    /// <summary>Whether it is in that form.</summary>
    public static bool IsNormal(string text) => Normalize(text, out string name) == HostNameFault.None
        && string.Equals(text, name, StringComparison.Ordinal);

    /// <summary>Whether a name is covered: equal, or below a `*.` pattern. Both in normal form.</summary>
    public static bool Matches(string pattern, string name)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(name);
        return pattern.StartsWith("*.", StringComparison.Ordinal)
            ? name.Length > pattern.Length - 1 && name.EndsWith(pattern[1..], StringComparison.Ordinal)
            : string.Equals(name, pattern, StringComparison.Ordinal);
    }

    /// <summary>Whether a pattern covers every name that another pattern, or a name, does. Both in normal form.</summary>
    public static bool Covers(string pattern, string other)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(other);
        if (string.Equals(pattern, other, StringComparison.Ordinal)) return true;
        return pattern.StartsWith("*.", StringComparison.Ordinal)
            && Matches(pattern, other.StartsWith("*.", StringComparison.Ordinal) ? other[2..] : other);
    }

    // inet_aton(3) reads 127.1, 0x7f000001, 2130706433 and 0177.1 as addresses, and so does many a client: a name whose last label is a
    // number in any notation is never looked up as one. No top-level domain is all digits (RFC 3696 section 2).
    private static bool ReadsAsAddress(string text)
    {
        if (text.Contains(':') || text[0] == '[' || IPAddress.TryParse(text, out _)) return true;
        string trimmed = text.TrimEnd('.');
        string last = trimmed[(trimmed.LastIndexOf('.') + 1)..];
        return last.Length > 0 && (last.All(char.IsAsciiDigit)
            || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last[2..].All(char.IsAsciiHexDigit)));
    }

    private static bool IsLabel(string label) => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}

/// <summary>Why a text is no host name.</summary>
public enum HostNameFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>There is nothing.</summary>
    Empty,

    /// <summary>An address in some notation.</summary>
    Address,

    /// <summary>Letters beyond ASCII; their A-label form (`xn--…`) would do.</summary>
    NotAscii,

    /// <summary>A dot at the end.</summary>
    TrailingDot,

    /// <summary>Anything else: an empty or overlong label, a character no name has.</summary>
    Form,
}
