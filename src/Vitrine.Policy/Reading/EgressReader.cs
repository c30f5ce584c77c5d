using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `egress`.</summary>
internal static class EgressReader
{
    public static EgressSettings Read(SectionReader section)
    {
        var hosts = new List<string>();
        foreach ((string path, YamlNode node) in section.Items(TrustKeys.EgressAllow))
        {
            string text = node is YamlScalar scalar ? scalar.Text : "";
            if (HostPattern.Error(text) is { } error)
                section.Problems.Error("host-form", path, node.Mark, $"'{Printable.Of(text)}' {error}",
                    "Write a name such as api.example.org, *.example.org or example.org:8443");
            else hosts.Add(text.ToLowerInvariant());
        }

        return new EgressSettings { Allow = hosts };
    }
}
