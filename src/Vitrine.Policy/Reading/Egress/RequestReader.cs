using Vitrine.Policy.Egress;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads what a rule says of requests.</summary>
internal static class RequestReader
{
    public static IReadOnlyList<string> Methods(SectionReader section)
    {
        var methods = new List<string>();
        foreach ((string path, YamlNode node) in section.Items(EgressKeys.Methods))
        {
            string text = node is YamlScalar scalar ? scalar.Text : "";
            bool isToken = text.Length is > 0 and <= 32 && char.IsAsciiLetter(text[0])
                && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '-');
            string upper = text.ToUpperInvariant();
            if (!isToken)
                section.Problems.Error("method-form", path, node.Mark, $"'{Printable.Of(text)}' is no method",
                    "Write one such as GET or POST");
            else if (!string.Equals(upper, text, StringComparison.Ordinal))
                section.Problems.Error("method-form", path, node.Mark, $"'{text}' is not in upper case, and methods are told apart by case",
                    $"Write {upper}");
            else if (text is "TRACE" or "TRACK" or "CONNECT")
                section.Problems.Error("method-refused", path, node.Mark, $"the method {text} is never allowed", "Remove it");
            else if (!methods.Contains(text, StringComparer.Ordinal)) methods.Add(text);
        }

        CheckEmpty(section, EgressKeys.Methods, "methods");
        return methods;
    }

    public static IReadOnlyList<string> Paths(SectionReader section)
    {
        var paths = new List<string>();
        foreach ((string path, YamlNode node) in section.Items(EgressKeys.Paths))
        {
            string text = node is YamlScalar scalar ? scalar.Text : "";
            if (text.Length > 1024 || text.AsSpan().IndexOfAny('?', '#') >= 0 || text.Any(character => !char.IsAscii(character))
                || PathPattern.FormError(text) is not null)
                section.Problems.Error("path-pattern", path, node.Mark,
                    $"'{Printable.Of(text)}' {Why(text)}",
                    "Write a path such as /v1/models or /v1/*, encoded as it is sent, without a query");
            else if (!paths.Contains(text, StringComparer.Ordinal)) paths.Add(text);
        }

        CheckEmpty(section, EgressKeys.Paths, "paths");
        return paths;
    }

    private static string Why(string text) => PathPattern.FormError(text) ?? (text.Length > 1024 ? "is longer than 1024 characters"
        : "has a query, a fragment or letters beyond ASCII, and only paths are compared");

    // An empty list reads as "none" to a person and would mean "all".
    private static void CheckEmpty(SectionReader section, Key<ListShape> key, string what)
    {
        if (section.Node(key) is YamlSequence { Items.Count: 0 } empty)
            section.Problems.Error("rule-empty", section.PathOf(key), empty.Mark, $"the list of {what} is empty",
                $"Name what is allowed, or leave `{key.Name}` out to allow all");
    }
}
