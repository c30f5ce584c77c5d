namespace Vitrine.Policy.Validation.Mounts;

/// <summary>Credential stores, what lies in them, and directories that hold one, followed to where a linked store really is.</summary>
internal static class CredentialStoreRule
{
    private const string Code = "mount-credentials";

    public static MountVerdict? Judge(IHostFacts host, string path)
    {
        foreach (string home in HomeDirectoryRule.HomesAbove(host, path))
        {
            if (CredentialStores.InHome.FirstOrDefault(store =>
                PathRules.IsAtOrBelow(path, $"{home}/{store}")) is { } own) return In($"{home}/{own}");
        }

        if (CredentialStores.OnHost.FirstOrDefault(store => PathRules.IsAtOrBelow(path, store)) is { } system) return In(system);
        if (path.Contains("/kubernetes.io/serviceaccount", StringComparison.Ordinal)) return In(path);
        foreach (string store in AllStores(host))
        {
            if (host.RealPath(store) is not { } real) continue;
            if (PathRules.IsAtOrBelow(path, real)) return In(store);
            if (PathRules.IsBelow(store, path) || PathRules.IsBelow(real, path))
                return new MountVerdict(Code, $"it holds the credential store '{store}'",
                    "Mount the one directory below it that the job needs");
        }

        return null;
    }

    private static IEnumerable<string> AllStores(IHostFacts host) =>
        CredentialStores.OnHost.Concat(HomeDirectoryRule.Homes(host).Distinct(StringComparer.Ordinal)
            .SelectMany(home => CredentialStores.InHome.Select(store => $"{home}/{store}")));

    private static MountVerdict In(string store) =>
        new(Code, $"'{Problems.Printable.Of(store)}' is a credential store",
            "Leave it out; give the job a credential of its own, as narrow as can be");
}
