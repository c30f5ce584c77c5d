using System.Globalization;
using Vitrine.Policy.Egress;

namespace Vitrine.Policy.Validation;

/// <summary>
/// `name` or `*.name` as people write them in rules. Names only: an address has no name that a certificate could be checked against. What a
/// policy names in another form than it is compared in is refused with that form as a hint, but for upper case, which means the same to
/// all programs.
/// </summary>
internal static class HostPattern
{
    private const string Wildcard = "*.";

    private const string Form = "Write a name such as api.example.org, *.example.org or example.org:8443";

    /// <summary>Reads one.</summary>
    /// <param name="text">The text, without a port.</param>
    /// <param name="pattern">The pattern in normal form; empty when there is a fault.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static TextFault? Read(string text, out string pattern)
    {
        pattern = "";
        if (text is "" or "." or "*." or "*" or "**" or "*:*") return TooWide("covers every host");
        if (text.Contains("://", StringComparison.Ordinal))
            return new TextFault("host-form", "is a URL", "Write the host's name alone, such as api.example.org");
        if (text.Contains('@')) return new TextFault("host-form", "has a user name in it", Form);
        if (text.Contains('/')) return Slash(text);
        if (text.Count(character => character == ':') == 1 && text[0] != '[')
            return new TextFault("host-form", "has a port in it", "Write the name alone; a rule has its ports under `ports`");

        bool isWildcard = text.StartsWith(Wildcard, StringComparison.Ordinal);
        string bare = isWildcard ? text[Wildcard.Length..] : text;
        if (HostName.Normalize(bare, out string name) is var fault && fault != HostNameFault.None) return Of(fault, bare);
        if (MetadataNames.Contains(name))
            return new TextFault("host-metadata", "hands out the credentials of this machine and is never allowed", "Remove it");
        if (name is "localhost" || name.EndsWith(".localhost", StringComparison.Ordinal))
            return new TextFault("host-form", "is the sandbox itself inside",
                "Give the service of the host a name of its own, with `internal: true`");
        if (isWildcard && !name.Contains('.')) return TooWide("is a wildcard over a whole top-level domain");
        if (isWildcard && PublicSuffixes.Contains(name))
            return TooWide($"is a wildcard over {name}, below which anybody can have a name");
        pattern = isWildcard ? Wildcard + name : name;
        return null;
    }

    private static TextFault TooWide(string error) =>
        new("host-wide", error, "Name the hosts that are needed, such as api.example.org or *.example.org");

    private static TextFault Slash(string text)
    {
        string before = text[..text.IndexOf('/', StringComparison.Ordinal)];
        return before.Length == 0 || HostName.Normalize(before, out _) == HostNameFault.Address
            ? new TextFault("host-address", "is a range of addresses, and rules are about names",
                "Name the hosts, such as api.example.org; a host with a private address also needs `internal: true`")
            : new TextFault("host-form", "has a path in it", "Write the name alone, and the path under `paths`");
    }

    private static TextFault Of(HostNameFault fault, string text) => fault switch
    {
        HostNameFault.Address => new TextFault("host-address", "is an address, not a name",
            "Rules are about names, against which certificates are checked: write one such as api.example.org"),
        HostNameFault.TrailingDot => new TextFault("host-form", "ends with a dot", "Leave out the dot at the end, as in api.example.org"),
        HostNameFault.NotAscii => new TextFault("host-form", "has letters beyond ASCII", Ascii(text) is { } ascii
            ? $"Write its ASCII form, {ascii}" : Form),
        _ => new TextFault("host-form", "is no host name", Form),
    };

    private static string? Ascii(string text)
    {
        try
        {
            string ascii = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text.ToLowerInvariant());
            return HostName.Normalize(ascii, out string name) == HostNameFault.None ? name : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
