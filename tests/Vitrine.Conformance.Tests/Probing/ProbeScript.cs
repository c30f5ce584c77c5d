namespace Vitrine.Conformance.Tests.Probing;

/// <summary>One file of attempts, with the header that says what it is (`#: key: value` lines).</summary>
internal sealed record ProbeScript(string FileName, string Text, IReadOnlyDictionary<string, string> Header)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Probes");

    private static readonly string Prelude = File.ReadAllText(Path.Combine(Folder, "probe.py"));

    private static readonly string OutsidePrelude = File.ReadAllText(Path.Combine(Folder, "outside.py"));

    public static IReadOnlyList<string> FileNames { get; } =
        [.. Directory.GetFiles(Folder, "*_*.py").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    /// <summary>The number in PROBES.md's list.</summary>
    public int Number => int.Parse(Header["number"], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether it needs the tests' internet (Egress/OutsideWorld) and is run there.</summary>
    public bool IsOutside => Header.GetValueOrDefault("network") == "outside";

    /// <summary>The arguments that run it, the same inside and as a control.</summary>
    public IReadOnlyList<string> Command => ["/usr/bin/python3", "-I", "-c", Prelude + "\n" + (IsOutside ? OutsidePrelude + "\n" : "") + Text];

    public static ProbeScript Load(string fileName)
    {
        string text = File.ReadAllText(Path.Combine(Folder, fileName));
        Dictionary<string, string> header = text.Split('\n')
            .TakeWhile(l => l.StartsWith("#:", StringComparison.Ordinal))
            .Select(l => l[2..].Split(':', 2))
            .ToDictionary(p => p[0].Trim(), p => p[1].Trim(), StringComparer.Ordinal);
        return new ProbeScript(fileName, text, header);
    }
}
