namespace Vitrine.Policy.Validation.Mounts;

/// <summary>Our own state: other sandboxes, the audit trail.</summary>
internal static class StateDirectoryRule
{
    public static MountVerdict? Judge(IHostFacts host, string path) =>
        host.StateDirectories.FirstOrDefault(state => PathRules.IsAtOrBelow(path, state) || PathRules.IsBelow(state, path)) is { } held
            ? new MountVerdict("mount-state", $"it is or holds '{held}', where Vitrine keeps its sandboxes and its audit trail",
                "Mount the one directory of data that the job needs")
            : null;
}
