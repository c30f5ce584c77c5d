using Vitrine.Policy.Keys;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads lists.</summary>
internal static class ListReader
{
    /// <summary>The items with their paths; reports a value that is no list and one that is too long.</summary>
    public static IEnumerable<(string Path, YamlNode Node)> Items(ReadContext context, string path, YamlNode node, int maxItems)
    {
        if (node is not YamlSequence sequence)
        {
            context.Problems.Error("wrong-type", path, node.Mark, $"'{path}' is {node.KindName} where a list is expected",
                "Write `- item` lines or [item, item]");
            yield break;
        }

        if (sequence.Items.Count > maxItems)
            context.Problems.Error("too-many-items", path, node.Mark,
                $"'{path}' has {sequence.Items.Count} items; at most {maxItems} are allowed", "Remove some");
        for (int index = 0; index < Math.Min(sequence.Items.Count, maxItems); index++)
        {
            string itemPath = $"{path}[{index}]";
            context.Marks[itemPath] = sequence.Items[index].Mark;
            yield return (itemPath, sequence.Items[index]);
        }
    }

    /// <summary>A list of texts or words, each once unless they may repeat.</summary>
    public static IReadOnlyList<string> Words(ReadContext context, string path, YamlNode node, ListShape shape, bool unique = true)
    {
        var words = new List<string>();
        foreach ((string itemPath, YamlNode item) in Items(context, path, node, shape.MaxItems))
        {
            if (Word(context, itemPath, item, shape.Item) is not { } word) continue;
            if (unique && words.Contains(word, StringComparer.Ordinal))
                context.Problems.Warning("duplicate-item", itemPath, item.Mark, $"'{word}' stands in '{path}' twice", "Remove one");
            else words.Add(word);
        }

        return words;
    }

    private static string? Word(ReadContext context, string path, YamlNode node, Shape shape)
    {
        if (node is not YamlScalar { IsNull: false } scalar)
        {
            context.Problems.Error("wrong-type", path, node.Mark,
                $"'{path}' is {(node is YamlScalar ? "empty" : node.KindName)} where a text is expected", "Write one text an item");
            return null;
        }

        return shape is ChoiceShape choice
            ? ScalarReader.Choice(context, path, scalar, choice)
            : ScalarReader.Text(context, path, scalar, (TextShape)shape);
    }
}
