namespace Vitrine.Conformance.Tests.Support;

/// <summary>Programs that the suite needs on the host.</summary>
internal static class HostPrograms
{
    private static readonly string[] Directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Where a program is; null when it is not installed.</summary>
    public static string? Find(string name) => Directories.Select(d => Path.Combine(d, name)).FirstOrDefault(File.Exists);

    /// <summary>A file below `artifacts/publish`; skips loudly when it was not published.</summary>
    public static string RequirePublished(string project, string file)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "publish", project, "release", file);
            if (File.Exists(path))
                return path;
        }

        Assert.Skip($"SKIPPED: {project} is not published; run `dotnet publish src/{project} -c Release` first.");
        return "";
    }

    public static string RequireGuest() =>
        Environment.GetEnvironmentVariable("VITRINE_GUEST") is { Length: > 0 } named ? named : RequirePublished("Vitrine.Guest", "vitrine-guest");

    public static string RequireCli() => RequirePublished("Vitrine.Cli", "vitrine");
}
