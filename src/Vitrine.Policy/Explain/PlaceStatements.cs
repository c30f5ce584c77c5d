using Vitrine.Policy.Model;
using Vitrine.Policy.Planning;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Explain;

/// <summary>What can be read, written and executed.</summary>
internal static class PlaceStatements
{
    public static IEnumerable<PolicyStatement> Of(PolicyDocument policy)
    {
        yield return policy.Root.Ephemeral
            ? Statement.Allowed(policy, "root", $"the root takes {Size(policy.Root.SizeBytes, "/")} of writes, thrown away at the end")
            : Statement.Refused(policy, "root", "the root cannot be written");
        yield return Workspace(policy);
        foreach (PolicyStatement statement in Usual(policy)) yield return statement;
        for (int index = 0; index < policy.Tmpfs.Count; index++) yield return Tmpfs(policy, $"tmpfs[{index}]", policy.Tmpfs[index]);
        for (int index = 0; index < policy.Mounts.Count; index++) yield return Mount(policy, $"mounts[{index}]", policy.Mounts[index]);
        yield return Statement.Refused(policy, "mounts", policy.Mounts.Count == 0 && policy.Workspace.Mount is null
            ? "no path of the host goes in" : "no other path of the host goes in");
    }

    private static PolicyStatement Workspace(PolicyDocument policy)
    {
        WorkspaceSettings workspace = policy.Workspace;
        string exec = workspace.Exec ? "executed" : "not executed";
        if (workspace.Mount is null)
            return Statement.Allowed(policy, "workspace",
                $"/workspace holds {Size(workspace.SizeBytes, TmpfsPlanner.Workspace)} of memory; files there can be {exec}");
        string access = workspace.Access == MountAccess.ReadWrite ? "read and written" : "read";
        return Statement.Allowed(policy, "workspace.mount",
            $"/workspace is {workspace.Mount} of the host, {access}; files there can be {exec}");
    }

    private static IEnumerable<PolicyStatement> Usual(PolicyDocument policy)
    {
        string home = policy.User.Uid == 0 ? "/root" : $"/home/{policy.User.Name}";
        foreach (string place in (string[])["/tmp", "/dev/shm", home])
        {
            bool named = policy.Tmpfs.Any(item => string.Equals(item.Path, place, StringComparison.Ordinal));
            bool mounted = policy.Mounts.Any(item => string.Equals(item.Target, place, StringComparison.Ordinal));
            if (!named && !mounted) yield return Tmpfs(policy, "tmpfs", new TmpfsSettings { Path = place }) with { Reason = "default" };
        }
    }

    private static PolicyStatement Tmpfs(PolicyDocument policy, string path, TmpfsSettings place) =>
        Statement.Allowed(policy, path,
            $"{place.Path} holds {Size(place.SizeBytes, place.Path)} of memory; files there can {(place.Exec ? "" : "not ")}be executed");

    private static PolicyStatement Mount(PolicyDocument policy, string path, MountSettings mount)
    {
        string access = mount.Access == MountAccess.ReadWrite ? "read and written" : "read";
        string masks = mount.MaskAuto
            ? "; names that look like secrets are covered" : mount.Mask.Count > 0 ? $"; covered: {string.Join(", ", mount.Mask)}" : "";
        string owner = mount.OwnerRoot ? "; files of the host's root may be written" : "";
        string sentence =
            $"{mount.Source} of the host can be {access} at {mount.Target}, {(mount.Exec ? "" : "not ")}executed{masks}{owner}";
        return mount.OwnerRoot ? Statement.Warning(policy, path, sentence) : Statement.Allowed(policy, path, sentence);
    }

    private static string Size(long? size, string place) => ByteSize.Format(size ?? TmpfsPlanner.DefaultSize(place));
}
