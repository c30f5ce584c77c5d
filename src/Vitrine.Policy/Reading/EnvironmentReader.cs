using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `environment`.</summary>
internal static class EnvironmentReader
{
    public static EnvironmentSettings Read(SectionReader section)
    {
        var set = Set(section);
        IReadOnlyList<string> pass = section.Words(TrustKeys.EnvironmentPass) ?? [];
        string path = section.PathOf(TrustKeys.EnvironmentPass);
        for (int index = 0; index < pass.Count; index++)
        {
            if (VariableNames.Error(pass[index]) is { } error)
                section.Problems.Error("variable-name", path, section.Context.Marks[path],
                    $"'{Printable.Of(pass[index])}' in '{path}' {error}", "Write one variable name an item; values belong to `set`");
            else if (set.ContainsKey(pass[index]))
                section.Problems.Error("variable-twice", path, section.Context.Marks[path],
                    $"the variable '{pass[index]}' is both set and passed", "Keep one of them");
        }

        return new EnvironmentSettings { Set = set, Pass = pass };
    }

    private static Dictionary<string, string> Set(SectionReader section)
    {
        var set = new Dictionary<string, string>(StringComparer.Ordinal);
        string path = section.PathOf(TrustKeys.EnvironmentSet);
        if (section.Node(TrustKeys.EnvironmentSet) is not { } node) return set;
        if (node is not YamlMapping mapping)
        {
            section.Problems.Error("wrong-type", path, node.Mark, $"'{path}' is {node.KindName} where a mapping is expected",
                "Write `NAME: value` lines");
            return set;
        }

        TextMapShape shape = TrustKeys.EnvironmentSet.Typed;
        if (mapping.Entries.Count > shape.MaxItems)
            section.Problems.Error("too-many-items", path, node.Mark, $"'{path}' has more than {shape.MaxItems} variables", "Remove some");
        foreach (YamlEntry entry in mapping.Entries.Take(shape.MaxItems))
        {
            string entryPath = $"{path}.{Printable.Of(entry.Key)}";
            section.Context.Marks[entryPath] = entry.Mark;
            if (Error(entry, shape) is { } error) section.Problems.Error("variable-value", entryPath, entry.Mark,
                $"'{entryPath}' {error.Message}", error.Hint);
            else set[entry.Key] = ((YamlScalar)entry.Value).Text;
        }

        return set;
    }

    private static (string Message, string Hint)? Error(YamlEntry entry, TextMapShape shape) => entry.Value switch
    {
        _ when VariableNames.Error(entry.Key) is { } error => (error, "Use letters, digits and _, not starting with a digit"),
        YamlScalar { IsNull: true } => ("has no value", $"Write `{entry.Key}: \"\"` for an empty one"),
        YamlScalar scalar when scalar.Text.Length > shape.MaxLength =>
            ($"is longer than {shape.MaxLength} characters", "Put it into a file and mount that"),
        YamlScalar scalar when scalar.Text.Contains('\0', StringComparison.Ordinal) => ("contains a NUL character", "Remove it"),
        YamlScalar => null,
        _ => ($"is {entry.Value.KindName} where a text is expected", "Quote it"),
    };
}
