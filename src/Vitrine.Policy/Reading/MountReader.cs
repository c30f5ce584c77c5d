using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads one mount.</summary>
internal static class MountReader
{
    public static MountSettings Read(ReadContext context, string path, YamlNode node)
    {
        var section = new SectionReader(context, path, node, PlaceKeys.Mount);
        (bool maskAuto, IReadOnlyList<string> mask) = Mask(section);
        var mount = new MountSettings
        {
            Source = PathReader.OnHost(section, PlaceKeys.Source) ?? "",
            Target = PathReader.Inside(section, PlaceKeys.Target),
            Access = Access(section),
            Exec = section.Flag(PlaceKeys.Exec) ?? false,
            OwnerRoot = OwnerRoot(section),
            Mask = mask,
            MaskAuto = maskAuto,
        };
        if (mount.Access == MountAccess.ReadWrite && (maskAuto || mask.Count > 0))
            section.Problems.Error("mask-writable", section.PathOf(PlaceKeys.Mask), section.Mark,
                $"'{path}' is writable and has a mask, which a rename inside would shake off",
                "Write `access: ro`, or mount only the directories that are needed");
        if (mount.OwnerRoot && mount.Access == MountAccess.ReadOnly)
            section.Problems.Error("owner-read-only", section.PathOf(PlaceKeys.Owner), section.Mark,
                $"'{path}' says `owner: root` but is read-only", "Remove `owner`, or write `access: rw`");
        return mount;
    }

    public static MountAccess Access(SectionReader section) =>
        section.Choice(PlaceKeys.Access) is "rw" ? MountAccess.ReadWrite : MountAccess.ReadOnly;

    public static bool OwnerRoot(SectionReader section) => section.Choice(PlaceKeys.Owner) is "root";

    private static (bool Auto, IReadOnlyList<string> Mask) Mask(SectionReader section)
    {
        string path = section.PathOf(PlaceKeys.Mask);
        switch (section.Node(PlaceKeys.Mask))
        {
            case null:
                return (false, []);
            case YamlScalar scalar:
                return (ScalarReader.Choice(section.Context, path, scalar, PlaceKeys.MaskAuto) is not null, []);
            case YamlNode node:
                var masks = ListReader.Words(section.Context, path, node, PlaceKeys.MaskList);
                foreach (string mask in masks) Check(section, path, node, mask);
                return (false, masks);
        }
    }

    private static void Check(SectionReader section, string path, YamlNode node, string mask)
    {
        bool climbs = mask.Split('/').Any(part => part is "." or "..");
        if (mask[0] == '/' || mask[^1] == '/' || climbs || mask.Contains("//", StringComparison.Ordinal))
            section.Problems.Error("mask-form", path, node.Mark, $"the mask '{Problems.Printable.Of(mask)}' is no path below the mount",
                "Write it relative to the source, for instance `.env`, `secrets/*.pem` or `**/private`");
    }
}
