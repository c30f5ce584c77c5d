namespace Vitrine.Policy.Host;

/// <summary>Our own state directories: where the environment puts them, and where root's and a person's are by default.</summary>
internal static class StateDirectoryFinder
{
    public static IReadOnlyList<string> Find(IReadOnlyDictionary<string, string> environment, string? ownHome,
        Func<string, string?> realPath)
    {
        IEnumerable<string?> candidates =
        [
            environment.GetValueOrDefault("VITRINE_STATE_DIR"),
            environment.GetValueOrDefault("VITRINE_DATA_DIR"),
            "/run/vitrine",
            "/var/lib/vitrine",
            environment.GetValueOrDefault("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? $"{runtime.TrimEnd('/')}/vitrine" : null,
            environment.GetValueOrDefault("XDG_STATE_HOME") is { Length: > 0 } state ? $"{state.TrimEnd('/')}/vitrine" : null,
            ownHome is null ? null : $"{ownHome}/.local/state/vitrine",
        ];
        return [.. candidates.Where(path => path is { Length: > 1 } && path[0] == '/').Select(path => realPath(path!) ?? path!.TrimEnd('/'))
            .Distinct(StringComparer.Ordinal)];
    }
}
