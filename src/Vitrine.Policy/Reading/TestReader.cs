using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `tests`.</summary>
internal static class TestReader
{
    public static PolicyTests Read(SectionReader section) => new()
    {
        At = section.Time(TestKeys.At),
        Accept = Cases(section, TestKeys.Accept),
        Deny = Cases(section, TestKeys.Deny),
    };

    private static List<PolicyTestCase> Cases(SectionReader section, Key<ListShape> key)
    {
        var cases = new List<PolicyTestCase>();
        foreach ((string path, YamlNode node) in section.Items(key))
        {
            var test = new SectionReader(section.Context, path, node, TestKeys.Case);
            int before = cases.Count;
            for (int kind = 0; kind < TestKeys.Kinds.Length; kind++)
            {
                if (test.Text(TestKeys.Kinds[kind]) is { } subject) cases.Add(new PolicyTestCase((PolicyTestKind)kind, subject));
            }

            if (cases.Count != before + 1 && !section.Problems.HasErrors)
                section.Problems.Error("test-form", path, node.Mark, $"'{path}' has {cases.Count - before} statements",
                    "Write one statement an item, for instance `- write: /usr`");
        }

        return cases;
    }
}
