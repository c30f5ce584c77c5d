using Vitrine.Policy.Model;
using Vitrine.Policy.Planning;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Explain;

/// <summary>Differences in workspace, mounts, root and memory file systems.</summary>
internal static class PlaceChanges
{
    public static void Collect(ChangeList changes, PolicyDocument before, PolicyDocument after)
    {
        Workspace(changes, before.Workspace, after.Workspace);
        Mounts(changes, before.Mounts, after.Mounts);
        changes.Flag("root.ephemeral", before.Root.Ephemeral, after.Root.Ephemeral);
        if (before.Root.Ephemeral && after.Root.Ephemeral) changes.Amount("root.ephemeral.size", Size(before.Root.SizeBytes, "/"),
            Size(after.Root.SizeBytes, "/"), ByteSize.Format);
        Tmpfs(changes, before.Tmpfs, after.Tmpfs);
    }

    private static void Workspace(ChangeList changes, WorkspaceSettings before, WorkspaceSettings after)
    {
        changes.Flag("workspace.exec", before.Exec, after.Exec);
        if (before.Mount is null && after.Mount is null)
        {
            changes.Amount("workspace.size", Size(before.SizeBytes, TmpfsPlanner.Workspace), Size(after.SizeBytes, TmpfsPlanner.Workspace),
                ByteSize.Format);
            changes.Amount("workspace.inodes", Inodes(before.Inodes, before.SizeBytes, TmpfsPlanner.Workspace),
                Inodes(after.Inodes, after.SizeBytes, TmpfsPlanner.Workspace), Count);
            return;
        }

        if (before.Mount is null) changes.Add(PolicyChangeKind.Widens, "workspace.mount", "-", after.Mount!);
        else if (after.Mount is null) changes.Add(PolicyChangeKind.Changes, "workspace.mount", before.Mount, "-");
        else changes.Other("workspace.mount", before.Mount, after.Mount);
        Access(changes, "workspace.access", before.Access, after.Access);
        changes.Flag("workspace.owner-root", before.OwnerRoot, after.OwnerRoot);
    }

    private static void Mounts(ChangeList changes, IReadOnlyList<MountSettings> before, IReadOnlyList<MountSettings> after)
    {
        foreach (MountSettings mount in after)
        {
            string path = $"mounts[{after.ToList().IndexOf(mount)}]";
            MountSettings? old = before.FirstOrDefault(other => Same(other, mount));
            if (old is null) changes.Add(PolicyChangeKind.Widens, path, "-", Describe(mount));
            else Compare(changes, path, old, mount);
        }

        foreach (MountSettings mount in before.Where(mount => !after.Any(other => Same(other, mount))))
            changes.Add(PolicyChangeKind.Narrows, "mounts", Describe(mount), "-");
    }

    private static void Compare(ChangeList changes, string path, MountSettings before, MountSettings after)
    {
        Access(changes, $"{path}.access", before.Access, after.Access);
        changes.Flag($"{path}.exec", before.Exec, after.Exec);
        changes.Flag($"{path}.owner-root", before.OwnerRoot, after.OwnerRoot);
        changes.Demands($"{path}.mask", Masks(before), Masks(after));
    }

    private static void Tmpfs(ChangeList changes, IReadOnlyList<TmpfsSettings> before, IReadOnlyList<TmpfsSettings> after)
    {
        foreach (string place in before.Concat(after).Select(item => item.Path).Distinct(StringComparer.Ordinal))
        {
            TmpfsSettings old = before.FirstOrDefault(item => Is(item, place)) ?? Usual(place);
            TmpfsSettings now = after.FirstOrDefault(item => Is(item, place)) ?? Usual(place);
            int index = after.ToList().FindIndex(item => Is(item, place));
            string path = index < 0 ? $"tmpfs {place}" : $"tmpfs[{index}] {place}";
            changes.Amount($"{path} size", old.SizeBytes ?? TmpfsPlanner.DefaultSize(place), now.SizeBytes
                ?? TmpfsPlanner.DefaultSize(place), ByteSize.Format);
            changes.Amount($"{path} inodes", Inodes(old.Inodes, old.SizeBytes, place), Inodes(now.Inodes, now.SizeBytes, place), Count);
            changes.Flag($"{path} exec", old.Exec, now.Exec);
        }
    }

    // A place that no policy names is there anyway only at the usual paths; elsewhere it has no byte.
    private static TmpfsSettings Usual(string place) =>
        new()
        {
            Path = place,
            SizeBytes = place is "/tmp" or "/dev/shm" || place.StartsWith("/home/", StringComparison.Ordinal)
            ? null : 0
        };

    private static bool Is(TmpfsSettings item, string place) => string.Equals(item.Path, place, StringComparison.Ordinal);

    private static bool Same(MountSettings left, MountSettings right) =>
        string.Equals(left.Source, right.Source, StringComparison.Ordinal)
            && string.Equals(left.Target, right.Target, StringComparison.Ordinal);

    private static IEnumerable<string> Masks(MountSettings mount) => mount.MaskAuto ? mount.Mask.Append("auto") : mount.Mask;

    private static string Describe(MountSettings mount) =>
        $"{mount.Source}:{mount.Target}:{AccessName(mount.Access)}{(mount.Exec ? ",exec" : "")}{(mount.OwnerRoot ? ",owner=root" : "")}";

    private static string AccessName(MountAccess access) => access == MountAccess.ReadWrite ? "rw" : "ro";

    private static long Size(long? size, string place) => size ?? TmpfsPlanner.DefaultSize(place);

    private static long Inodes(long? stated, long? size, string place) => stated ?? TmpfsPlanner.DefaultInodes(Size(size, place));

    private static void Access(ChangeList changes, string path, MountAccess before, MountAccess after) =>
        changes.Amount(path, (int)before, (int)after, access => AccessName((MountAccess)access));

    private static string Count(long count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
