using System.Globalization;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Units;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Writing;

/// <summary>Writes workspace, mounts, root and memory file systems.</summary>
internal static class PlaceWriter
{
    public static SectionWriter Workspace(SectionWriter section, WorkspaceSettings workspace)
    {
        section.Plain(PlaceKeys.WorkspaceSize, Size(workspace.SizeBytes))
            .Plain(PlaceKeys.Inodes, Count(workspace.Inodes))
            .Flag(PlaceKeys.WorkspaceExec, workspace.Exec)
            .Text(PlaceKeys.WorkspaceMount, workspace.Mount ?? "");
        return workspace.Mount is null ? section : Access(section, workspace.Access, workspace.OwnerRoot);
    }

    public static YamlMapping Mount(SectionWriter section, MountSettings mount)
    {
        section.Text(PlaceKeys.Source, mount.Source).Text(PlaceKeys.Target, mount.Target);
        Access(section, mount.Access, mount.OwnerRoot).Flag(PlaceKeys.Exec, mount.Exec);
        return (mount.MaskAuto ? section.Plain(PlaceKeys.Mask, "auto") : section.Words(PlaceKeys.Mask, mount.Mask)).Mapping;
    }

    public static void Root(SectionWriter document, RootSettings root)
    {
        if (!root.Ephemeral) document.Plain(PolicyKeys.Root, "read-only");
        else if (root.SizeBytes is null) document.Plain(PolicyKeys.Root, "ephemeral");
        else
        {
            SectionWriter layer = new SectionWriter(withDefaults: true).Plain(PlaceKeys.RootSize, Size(root.SizeBytes));
            document.Section(PolicyKeys.Root, new SectionWriter(withDefaults: true).Section(PlaceKeys.RootEphemeral, layer));
        }
    }

    public static YamlMapping Tmpfs(SectionWriter section, TmpfsSettings place) => section
        .Text(PlaceKeys.TmpfsPath, place.Path)
        .Plain(PlaceKeys.Size, Size(place.SizeBytes))
        .Plain(PlaceKeys.Inodes, Count(place.Inodes))
        .Flag(PlaceKeys.Exec, place.Exec)
        .Mapping;

    private static SectionWriter Access(SectionWriter section, MountAccess access, bool ownerRoot) => section
        .Plain(PlaceKeys.Access, access == MountAccess.ReadWrite ? "rw" : "ro")
        .Plain(PlaceKeys.Owner, ownerRoot ? "root" : "user");

    private static string Size(long? bytes) => bytes is { } value ? ByteSize.Format(value) : "";

    private static string Count(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "";
}
