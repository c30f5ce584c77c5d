namespace Vitrine.Policy.Egress;

/// <summary>Places that a configuration names.</summary>
internal sealed class PresetFindings
{
    private readonly List<string> _urls = [];

    /// <summary>URLs as they stand.</summary>
    public IReadOnlyList<string> Urls => _urls;

    /// <summary>Whether these stand instead of the preset's own hosts; else beside them.</summary>
    public bool Replaces { get; private set; }

    /// <summary>Adds a place beside the usual one.</summary>
    public void Add(string url)
    {
        string trimmed = url.Trim().Trim('"', '\'');
        if (trimmed.Length > 0 && _urls.Count < 64) _urls.Add(trimmed);
    }

    /// <summary>Adds a place that stands instead of the usual one.</summary>
    public void Replace(string url)
    {
        Add(url);
        Replaces = true;
    }

    /// <summary>Says that what was named stands instead of the usual place.</summary>
    public void ReplaceAll() => Replaces = true;
}
