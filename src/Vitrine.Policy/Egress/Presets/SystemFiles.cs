namespace Vitrine.Policy.Egress;

/// <summary>Configuration of distributions' package managers.</summary>
internal static class SystemFiles
{
    /// <summary>sources.list(5): both the one-line form and the stanzas of deb822.</summary>
    public static PresetFindings Apt(string text)
    {
        var findings = new PresetFindings();
        foreach (string stanza in text.ReplaceLineEndings("\n").Split("\n\n")) Stanza(findings, stanza);
        return findings;
    }

    /// <summary>apk's repositories: a URL a line, with an optional `@tag` before it.</summary>
    public static PresetFindings Apk(string text)
    {
        var findings = new PresetFindings();
        foreach (string line in text.Split('\n'))
        {
            string? url = Array.Find(line.Split(' ', StringSplitOptions.TrimEntries),
                word => word.StartsWith("http", StringComparison.Ordinal));
            if (url is not null && line.TrimStart()[0] != '#') findings.Replace(url);
        }

        return findings;
    }

    private static void Stanza(PresetFindings findings, string stanza)
    {
        var uris = new List<string>();
        bool isEnabled = true;
        string field = "";
        foreach (string line in stanza.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.StartsWith("deb ", StringComparison.Ordinal) || line.StartsWith("deb-src ", StringComparison.Ordinal)
                || line.StartsWith("deb\t", StringComparison.Ordinal))
            {
                OneLine(findings, line);
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            bool goesOn = char.IsWhiteSpace(line[0]);
            if (!goesOn && colon > 0) field = line[..colon].ToLowerInvariant();
            string value = goesOn ? line : line[(colon + 1)..];
            if (field is "uris") uris.AddRange(value.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
            else if (field is "enabled") isEnabled = value.Trim().ToLowerInvariant() is not ("no" or "false" or "off" or "0");
        }

        if (!isEnabled) return;
        foreach (string uri in uris) findings.Replace(uri);
    }

    private static void OneLine(PresetFindings findings, string line)
    {
        string rest = line[line.AsSpan().IndexOfAny(' ', '\t')..].TrimStart();
        if (rest.StartsWith('[')) rest = rest[(rest.IndexOf(']', StringComparison.Ordinal) + 1)..].TrimStart();
        string uri = rest.Split((char[])[' ', '\t'], 2)[0];
        if (uri.Contains(':', StringComparison.Ordinal)) findings.Replace(uri);
    }
}
