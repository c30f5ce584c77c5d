using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads workspace, root and memory file systems.</summary>
internal static class PlaceReader
{
    public static WorkspaceSettings Workspace(SectionReader section)
    {
        var defaults = new WorkspaceSettings();
        var workspace = new WorkspaceSettings
        {
            SizeBytes = section.Size(PlaceKeys.WorkspaceSize),
            Inodes = section.Integer(PlaceKeys.Inodes),
            Exec = section.Flag(PlaceKeys.WorkspaceExec) ?? defaults.Exec,
            Mount = section.Text(PlaceKeys.WorkspaceMount),
            Access = MountReader.Access(section),
            OwnerRoot = MountReader.OwnerRoot(section),
        };
        bool sized = section.Node(PlaceKeys.WorkspaceSize) is not null || section.Node(PlaceKeys.Inodes) is not null;
        bool accessed = section.Node(PlaceKeys.Access) is not null || section.Node(PlaceKeys.Owner) is not null;
        if (workspace.Mount is not null && sized)
            section.Problems.Error("workspace-conflict", section.Path, section.Mark, "the workspace is a mount and has a size",
                "A mounted directory has no size of its own: remove `size` and `inodes`");
        if (workspace.Mount is null && accessed)
            section.Problems.Error("workspace-conflict", section.Path, section.Mark, "the workspace has an access but is no mount",
                "Add `mount: DIRECTORY`, or remove `access` and `owner`");
        return workspace;
    }

    public static RootSettings Root(SectionReader document)
    {
        string path = document.PathOf(PolicyKeys.Root);
        switch (document.Node(PolicyKeys.Root))
        {
            case null:
                return new RootSettings();
            case YamlScalar scalar:
                return new RootSettings
                {
                    Ephemeral = ScalarReader.Choice(document.Context, path, scalar,
                    PlaceKeys.RootReadOnly) is "ephemeral"
                };
            case YamlNode node:
                var section = new SectionReader(document.Context, path, node, PlaceKeys.RootSection);
                SectionReader layer = section.Section(PlaceKeys.RootEphemeral);
                return new RootSettings
                {
                    Ephemeral = document.Context.Marks.ContainsKey(layer.Path),
                    SizeBytes = layer.Size(PlaceKeys.RootSize)
                };
        }
    }

    public static TmpfsSettings Tmpfs(ReadContext context, string path, YamlNode node)
    {
        var section = new SectionReader(context, path, node, PlaceKeys.Tmpfs);
        return new TmpfsSettings
        {
            Path = PathReader.Inside(section, PlaceKeys.TmpfsPath),
            SizeBytes = section.Size(PlaceKeys.Size),
            Inodes = section.Integer(PlaceKeys.Inodes),
            Exec = section.Flag(PlaceKeys.Exec) ?? false,
        };
    }
}
