namespace Vitrine.Policy.Validation.Mounts;

/// <summary>A home directory holds keys, tokens, histories and shell start-up files; a project below one is fine.</summary>
internal static class HomeDirectoryRule
{
    public static MountVerdict? Judge(IHostFacts host, string path)
    {
        if (IsHome(host, path))
            return new MountVerdict("mount-home", "it is a home directory, with keys, tokens and shell start-up files",
                $"Mount a directory below it, for instance {path}/project");
        return Homes(host).FirstOrDefault(home => PathRules.IsBelow(home, path)) is { } held
            ? new MountVerdict("mount-home", $"it holds the home directory '{held}'", "Mount the one directory of data that the job needs")
            : null;
    }

    /// <summary>The home directory that a path lies in, by its spelling or by what the host knows; null when none.</summary>
    public static IEnumerable<string> HomesAbove(IHostFacts host, string path)
    {
        foreach (string home in Homes(host))
        {
            if (PathRules.IsBelow(path, home)) yield return home;
        }

        if (!path.StartsWith("/home/", StringComparison.Ordinal)) yield break;
        int end = path.IndexOf('/', 6);
        if (end > 6) yield return path[..end];
    }

    public static IEnumerable<string> Homes(IHostFacts host)
    {
        yield return "/root";
        if (host.OwnHome is { Length: > 1 } own) yield return own.TrimEnd('/');
        foreach (string home in host.HomeDirectories) yield return home;
    }

    private static bool IsHome(IHostFacts host, string path) =>
        path is "/home" || Homes(host).Contains(path, StringComparer.Ordinal)
        || (path.StartsWith("/home/", StringComparison.Ordinal) && path.IndexOf('/', 6) < 0);
}
