namespace Vitrine.Architecture.Tests;

/// <summary>How files read: their length, what they may name.</summary>
public sealed class FileRuleTests
{
    private const int MaxLines = 500;

    [Fact]
    public void Sources_EveryFile_HasAtMost500Lines() =>
        Assert.Empty(Repository.Sources.Where(file => Lines(file).Length > MaxLines).Select(file => $"{file}: {Lines(file).Length} lines"));

    [Fact]
    public void Files_Anywhere_ConfigureNoPackageSource()
    {
        Assert.DoesNotContain(Repository.Files, file => Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));
        Assert.All(Repository.Files.Where(file => file.EndsWith("proj", StringComparison.Ordinal) || file.EndsWith(".props", StringComparison.Ordinal)), file => Assert.DoesNotContain("RestoreSources", Repository.Read(file), StringComparison.Ordinal));
    }

    /// <summary>A registry is whatever the user's package manager is configured to use; a policy may name its domain by a wildcard.</summary>
    [Fact]
    public void Files_Anywhere_NameNoPackageRegistryHost()
    {
        // In pieces, so that this file does not name them either.
        string[] hosts =
        [
            "api.nuget" + ".org", "registry.npm" + "js", "py" + "pi.org", "files.python" + "hosted", "static.crates" + ".io", "proxy.golang" + ".org",
            "registry-1.docker" + ".io", "deb.debian" + ".org", "security.debian" + ".org",
        ];
        Assert.Empty(Texts().SelectMany(file =>
            hosts.Where(host => Names(Repository.Read(file), host)).Select(host => $"{file}: {host}")));
    }

    [Fact]
    public void Files_Anywhere_HoldNoMergeMark() =>
        Assert.All(Texts(), file => Assert.DoesNotMatch("(?m)^(<{7}|>{7}) ", Repository.Read(file)));

    // `*.domain` is the domain; the same text without the star would be the host.
    private static bool Names(string text, string host) =>
        text.Replace($"*.{host}", "", StringComparison.OrdinalIgnoreCase).Contains(host, StringComparison.OrdinalIgnoreCase);

    private static string[] Lines(string file) => Repository.Read(file).TrimEnd('\n').Split('\n');

    private static IEnumerable<string> Texts() => Repository.Files.Where(file => !file.EndsWith(".lock.json", StringComparison.Ordinal) && !file.EndsWith(".bin", StringComparison.Ordinal) && !file.EndsWith(".png", StringComparison.Ordinal));
}
