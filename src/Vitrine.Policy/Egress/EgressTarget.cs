using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Units;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Egress;

/// <summary>The short form of a rule: `pypi` (a plain word is a preset), `name`, `*.name`, each host with an optional `:port`.</summary>
public static class EgressTarget
{
    /// <summary>Reads one, as a command line spells it.</summary>
    /// <param name="text">The argument.</param>
    /// <param name="entry">The entry, when it could be read.</param>
    /// <param name="error">A sentence with a way out, when it could not; else an empty text.</param>
    public static bool TryParse(string text, out EgressEntry? entry, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        TextFault? fault = Read(text, out entry);
        error = fault is null ? ""
            : $"'{Problems.Printable.Of(text)}' {fault.Error}. {fault.Hint.TrimEnd('.')}{(fault.Hint.EndsWith('?') ? "" : ".")}";
        return fault is null;
    }

    /// <summary>The short form of an entry; null when it says more than fits.</summary>
    public static string? Short(EgressEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var plain = new EgressEntry { Host = entry.Host, Preset = entry.Preset, Ports = entry.Ports };
        bool isPlain = plain with { Methods = entry.Methods, Paths = entry.Paths } == entry && entry.Methods.Count + entry.Paths.Count == 0;
        if (!isPlain) return null;
        if (entry.Preset is { } preset) return entry.Ports.Count == 0 ? preset : null;
        if (entry.Ports.Count == 0) return entry.Host!.Contains('.') ? entry.Host : null;
        return entry.Ports is [{ } only] ? $"{entry.Host}:{PortText.Of(only)}" : null;
    }

    internal static TextFault? Read(string text, out EgressEntry? entry)
    {
        entry = null;
        if (IsWord(text))
        {
            string name = text.ToLowerInvariant();
            if (EgressPresets.Find(name) is null) return UnknownPreset(name);
            entry = new EgressEntry { Preset = name };
            return null;
        }

        bool mayHavePort = text.Count(character => character == ':') == 1 && !text.Contains('@')
            && !text.Contains("://", StringComparison.Ordinal);
        int colon = mayHavePort ? text.IndexOf(':', StringComparison.Ordinal) : -1;
        PortRange? port = null;
        if (colon >= 0)
        {
            if (PortText.Read(text[(colon + 1)..], out PortRange range) is { } error)
                return new TextFault("host-port", $"has a port that {error}",
                    "Write a port from 1 to 65535 after the colon, as in api.example.org:8443, or a range such as 9000-9100");
            port = range;
        }

        if (HostPattern.Read(colon >= 0 ? text[..colon] : text, out string host) is { } fault) return fault;
        entry = new EgressEntry { Host = host, Ports = port is { } given ? [given] : [] };
        return null;
    }

    internal static TextFault UnknownPreset(string name)
    {
        string? nearest = Nearest.Of(name, EgressPresets.Names);
        string known = string.Join(", ", EgressPresets.Names);
        return new TextFault("preset-unknown", "is no preset", nearest is null
            ? $"Presets are {known}; a host without a dot in its name is written `{{host: {name}}}`" : $"Did you mean '{nearest}'?");
    }

    private static bool IsWord(string text) => text.Length is > 0 and <= 63 && char.IsAsciiLetter(text[0])
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
}
