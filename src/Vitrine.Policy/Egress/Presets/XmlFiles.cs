using System.Xml;
using System.Xml.Linq;

namespace Vitrine.Policy.Egress;

/// <summary>Configuration in XML. No document type, so no entity and nothing to fetch.</summary>
internal static class XmlFiles
{
    private static readonly XmlReaderSettings s_settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>NuGet.Config: its enabled package sources replace.</summary>
    public static PresetFindings NuGet(string text)
    {
        var findings = new PresetFindings();
        XElement? root = Load(text).Root;
        HashSet<string> disabled = Adds(root, "disabledPackageSources").Where(add => Value(add) is "true").Select(add => Key(add))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (XElement add in Adds(root, "packageSources").Where(add => !disabled.Contains(Key(add)))) findings.Replace(Value(add));
        return findings;
    }

    /// <summary>Maven's settings.xml: a mirror of everything or of `central` replaces, other mirrors and repositories add.</summary>
    public static PresetFindings Maven(string text)
    {
        var findings = new PresetFindings();
        foreach (XElement element in Load(text).Descendants())
        {
            if (Child(element, "url") is not { } url) continue;
            if (element.Name.LocalName is "mirror")
            {
                // A blocked mirror is Maven's way to refuse a repository; its URL is never asked.
                if (Child(element, "blocked")?.Trim() is "true") continue;
                string[] of = (Child(element, "mirrorOf") ?? "").Split(',', StringSplitOptions.TrimEntries);
                if (of.Any(word => word is "*" or "central" or "external:*")) findings.Replace(url);
                else findings.Add(url);
            }
            else if (element.Name.LocalName is "repository" or "pluginRepository") findings.Add(url);
        }

        return findings;
    }

    private static XDocument Load(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text.TrimStart('\ufeff')), s_settings);
        return XDocument.Load(reader);
    }

    private static IEnumerable<XElement> Adds(XElement? root, string section) => root is null ? []
        : root.Elements().Where(element => Is(element.Name.LocalName, section)).Elements()
            .Where(element => Is(element.Name.LocalName, "add"));

    private static string Key(XElement add) => (string?)add.Attribute("key") ?? "";

    private static string Value(XElement add) => (string?)add.Attribute("value") ?? "";

    private static string? Child(XElement element, string name) =>
        element.Elements().FirstOrDefault(child => string.Equals(child.Name.LocalName, name, StringComparison.Ordinal))?.Value;

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
