using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads the top level; each section has a reader of its own.</summary>
internal static class DocumentReader
{
    public static PolicyDocument Read(ReadContext context, YamlNode? root)
    {
        var section = new SectionReader(context, "", root, PolicyKeys.Document);
        var defaults = new PolicyDocument();
        section.Integer(PolicyKeys.Version);
        EnvironmentSettings environment = EnvironmentReader.Read(section.Section(PolicyKeys.Environment));
        return defaults with
        {
            Name = NameReader.Read(section, PolicyKeys.Name) ?? defaults.Name,
            Description = section.Text(PolicyKeys.Description) ?? defaults.Description,
            User = UserReader.Read(section),
            Image = section.Text(PolicyKeys.Image) ?? defaults.Image,
            Workspace = PlaceReader.Workspace(section.Section(PolicyKeys.Workspace)),
            Mounts = [.. section.Items(PolicyKeys.Mounts).Select(item => MountReader.Read(context, item.Path, item.Node))],
            Root = PlaceReader.Root(section),
            Tmpfs = [.. section.Items(PolicyKeys.Tmpfs).Select(item => PlaceReader.Tmpfs(context, item.Path, item.Node))],
            Limits = LimitReader.Read(section.Section(PolicyKeys.Limits)),
            Environment = environment,
            Egress = EgressReader.Read(section.Section(PolicyKeys.Egress)),
            Secrets = SecretReader.Read(section, environment),
            Seccomp = SeccompReader.Read(section.Section(PolicyKeys.Seccomp)),
            Layers = LayerReader.Layers(section.Section(PolicyKeys.Layers)),
            Debug = section.Node(PolicyKeys.Debug) is null ? null : LayerReader.Debug(section.Section(PolicyKeys.Debug)),
            Tests = TestReader.Read(section.Section(PolicyKeys.Tests)),
            Source = new PolicySource(context.Problems.SourceName, context.Marks),
        };
    }
}
