using System.Text.RegularExpressions;

namespace Vitrine.Policy.Egress;

/// <summary>Configuration of languages' package managers: only lines that name a place are understood.</summary>
internal static partial class LanguageFiles
{
    /// <summary>pip.conf: `index-url` replaces, `extra-index-url` and `find-links` add; values go on in indented lines.</summary>
    public static PresetFindings Pip(string text)
    {
        var findings = new PresetFindings();
        string key = "";
        foreach (string line in Lines(text))
        {
            if (line.Length == 0 || line[0] is '#' or ';') continue;
            string value = line;
            if (!char.IsWhiteSpace(line[0]))
            {
                int equals = line.AsSpan().IndexOfAny('=', ':');
                key = line[0] == '[' || equals < 0 ? "" : line[..equals].Trim().Replace('_', '-');
                value = equals < 0 ? "" : line[(equals + 1)..];
            }

            foreach (string url in value.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (key is "index-url") findings.Replace(url);
                else if (key is "extra-index-url" or "find-links") findings.Add(url);
            }
        }

        return findings;
    }

    /// <summary>.npmrc: `registry` replaces, `@scope:registry` adds.</summary>
    public static PresetFindings Npm(string text)
    {
        var findings = new PresetFindings();
        foreach ((string key, string value) in Pairs(text))
        {
            if (key is "registry") findings.Replace(value);
            else if (key[0] == '@' && key.EndsWith(":registry", StringComparison.Ordinal)) findings.Add(value);
        }

        return findings;
    }

    /// <summary>go env: GOPROXY replaces, unless it keeps the usual checksum database; GOSUMDB may name one.</summary>
    public static PresetFindings Go(string text)
    {
        var findings = new PresetFindings();
        bool checksums = true;
        foreach ((string key, string value) in Pairs(text))
        {
            if (key is "GOPROXY")
            {
                foreach (string url in value.Split((char[])[',', '|'], StringSplitOptions.RemoveEmptyEntries))
                    findings.Replace(url);
            }
            else if (key is "GOSUMDB")
            {
                checksums = value is not "off";
                foreach (string url in value.Split(' ').Skip(1)) findings.Add(url);
            }
        }

        // The checksum database is one of the preset's own hosts.
        if (!checksums || !findings.Replaces) return findings;
        var kept = new PresetFindings();
        foreach (string url in findings.Urls) kept.Add(url);
        return kept;
    }

    /// <summary>Cargo's config.toml: a `replace-with` replaces; `registry` and `index` name places.</summary>
    public static PresetFindings Cargo(string text)
    {
        var findings = new PresetFindings();
        foreach (Match match in TomlPair().Matches(text))
        {
            if (match.Groups["key"].Value is "replace-with") findings.ReplaceAll();
            else findings.Add(match.Groups["value"].Value);
        }

        return findings;
    }

    /// <summary>.gemrc: the list under `:sources:` replaces; Bundler's config: BUNDLE_MIRROR__… replaces.</summary>
    public static PresetFindings Gem(string text)
    {
        var findings = new PresetFindings();
        bool inSources = false;
        foreach (string line in Lines(text))
        {
            string trimmed = line.Trim();
            if (trimmed.StartsWith("- ", StringComparison.Ordinal))
            {
                if (inSources) findings.Replace(trimmed[2..]);
                continue;
            }

            inSources = trimmed is ":sources:" or "sources:";
            if (trimmed.StartsWith("BUNDLE_MIRROR__", StringComparison.Ordinal)
                && trimmed.IndexOf(": ", StringComparison.Ordinal) is > 0 and var at)
                findings.Replace(trimmed[(at + 2)..]);
        }

        return findings;
    }

    private static IEnumerable<(string Key, string Value)> Pairs(string text)
    {
        foreach (string line in Lines(text))
        {
            string trimmed = line.Trim();
            int equals = trimmed.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || trimmed[0] is '#' or ';') continue;
            yield return (trimmed[..equals].Trim(), trimmed[(equals + 1)..].Trim().Trim('"', '\''));
        }
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.TrimEnd('\r'));

    [GeneratedRegex("""(?m)^[^#\n]*?\b(?<key>replace-with|registry|index)\s*=\s*["'](?<value>[^"'\n]*)["']""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TomlPair();
}
