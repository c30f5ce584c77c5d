namespace Vitrine.Policy.Tests.Support;

/// <summary>The typical host with what a test changes.</summary>
internal sealed class FakeHost : IHostFacts
{
    private readonly TypicalHost _typical = new();

    public bool IsRoot { get; init; } = true;

    public long? HardOpenFilesLimit { get; init; } = 1_048_576;

    public string? OwnHome { get; init; } = "/home/alice";

    public IReadOnlyList<string> HomeDirectories => _typical.HomeDirectories;

    public IReadOnlyList<string> EngineSockets => _typical.EngineSockets;

    public IReadOnlyList<string> StateDirectories => _typical.StateDirectories;

    /// <summary>Links: from, to.</summary>
    public Dictionary<string, string> Links { get; } = new(StringComparer.Ordinal);

    public HostOwner? Owner { get; init; }

    public HostScan? Names { get; init; }

    public HostPath ResolvePath(string path)
    {
        HostPath real = _typical.ResolvePath(Links.GetValueOrDefault(path, path));
        return Owner is null ? real : real with { Owner = Owner };
    }

    public string? RealPath(string path) => _typical.RealPath(Links.GetValueOrDefault(path, path));

    /// <summary>Texts of files by path.</summary>
    public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    public HostScan Scan(string directory, int maxEntries, int maxDepth)
    {
        HostScanEntry[] texts = [.. Texts.Keys.Where(path => path.StartsWith(directory + "/", StringComparison.Ordinal))
            .Select(path => new HostScanEntry(path[(directory.Length + 1)..], false))];
        return texts.Length > 0 ? new HostScan(texts, true) : Names ?? _typical.Scan(directory, maxEntries, maxDepth);
    }

    public string? ReadText(string path, int maxBytes) => Texts.GetValueOrDefault(path) is { } text && text.Length <= maxBytes ? text : null;
}
