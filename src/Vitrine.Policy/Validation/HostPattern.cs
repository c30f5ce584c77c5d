using System.Globalization;
using System.Net;

namespace Vitrine.Policy.Validation;

/// <summary>`name`, `*.name`, each with an optional `:port`. Names only: an address has no name to check a certificate against.</summary>
internal static class HostPattern
{
    /// <summary>Why a text is no host pattern, starting with a verb; null when it is one.</summary>
    public static string? Error(string pattern)
    {
        int colon = pattern.LastIndexOf(':');
        string host = colon < 0 ? pattern : pattern[..colon];
        if (colon >= 0 && !(ushort.TryParse(pattern.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            && port != 0))
            return "has no port from 1 to 65535 after its colon";
        string name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        if (name.Length is 0 or > 253) return "is no host name";
        if (IPAddress.TryParse(name, out _)) return "is an address, not a name";
        string[] labels = name.Split('.');
        if (!labels.All(IsLabel)) return "is no host name";
        // RFC 3696 section 2: no top-level domain is all digits; what is would be read as an address by inet_aton(3).
        if (labels[^1].All(char.IsAsciiDigit) || labels[^1].StartsWith("0x",
            StringComparison.OrdinalIgnoreCase)) return "reads as an address, not a name";
        return labels.Length < 2 && host.Length != name.Length ? "is a wildcard over a whole top-level domain" : null;
    }

    private static bool IsLabel(string label) => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
