using System.Text;
using Vitrine.Policy.Problems;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Vitrine.Policy.Yaml;

/// <summary>Builds nodes from the parser's events. Recursion is bounded by <see cref="YamlLimits.MaxDepth"/>.</summary>
internal sealed class YamlTreeReader(IParser parser, ProblemList problems)
{
    private int _nodes;

    public static SourceMark ToMark(Mark mark) => new(Bounded(mark.Line), Bounded(mark.Column));

    /// <summary>Reads the only document; null when there is none.</summary>
    public YamlNode? ReadDocument()
    {
        Next();
        if (Next() is StreamEnd) return null;
        YamlNode root = ReadNode(Next(), depth: 0);
        Next();
        ParsingEvent end = Next();
        if (end is not StreamEnd)
            throw new YamlTextException("yaml-documents", ToMark(end.Start), "a second document starts here",
                "Write one policy a file; remove the `---`");
        return root;
    }

    private YamlNode ReadNode(ParsingEvent start, int depth)
    {
        if (++_nodes > YamlLimits.MaxNodes)
            throw new YamlTextException("too-many-nodes", ToMark(start.Start), $"there are more than {YamlLimits.MaxNodes} values",
                "Write a smaller policy");
        if (depth > YamlLimits.MaxDepth)
            throw new YamlTextException("too-deep", ToMark(start.Start), $"this is nested deeper than {YamlLimits.MaxDepth} levels",
                "No key of a policy is that deep");
        RefuseReferences(start);
        return start switch
        {
            Scalar scalar => new YamlScalar(ToMark(scalar.Start), Text(scalar), scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadSequence(start, depth),
            MappingStart => ReadMapping(start, depth),
            _ => throw new YamlTextException("yaml-syntax", ToMark(start.Start), $"{start.GetType().Name} was not expected here",
                "Check the indentation"),
        };
    }

    private YamlSequence ReadSequence(ParsingEvent start, int depth)
    {
        var items = new List<YamlNode>();
        for (ParsingEvent next = Next(); next is not SequenceEnd; next = Next()) items.Add(ReadNode(next, depth + 1));
        return new YamlSequence(ToMark(start.Start), items);
    }

    private YamlMapping ReadMapping(ParsingEvent start, int depth)
    {
        var entries = new List<YamlEntry>();
        var seen = new Dictionary<string, SourceMark>(StringComparer.Ordinal);
        for (ParsingEvent next = Next(); next is not MappingEnd; next = Next())
        {
            RefuseReferences(next);
            if (next is not Scalar key)
                throw new YamlTextException("yaml-key", ToMark(next.Start), "a key must be a plain word", "Write `key: value`");
            SourceMark mark = ToMark(key.Start);
            YamlNode value = ReadNode(Next(), depth + 1);
            if (seen.TryAdd(key.Value, mark)) entries.Add(new YamlEntry(Text(key), mark, value));
            else
                problems.Error("duplicate-key", Printable.Of(key.Value), mark,
                    $"the key '{Printable.Of(key.Value)}' stands here a second time; the first is on line {seen[key.Value].Line}",
                        "Keep one of them");
        }

        return new YamlMapping(ToMark(start.Start), entries);
    }

    // Half a character cannot be written to a file, a log or the kernel.
    private static string Text(Scalar scalar)
    {
        foreach (Rune rune in scalar.Value.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
                throw new YamlTextException("yaml-characters", ToMark(scalar.Start), "this text has characters that are not valid Unicode",
                    "Save the file as UTF-8");
        }

        return scalar.Value;
    }

    // An alias makes a small text large (billion laughs), a tag picks types; a policy needs neither.
    private static void RefuseReferences(ParsingEvent start)
    {
        if (start is AnchorAlias || start is NodeEvent { Anchor.IsEmpty: false })
            throw new YamlTextException("yaml-anchor", ToMark(start.Start), "anchors and aliases (&, *) are not allowed in a policy",
                "Write the value out; quote a text that starts with & or *");
        if (start is NodeEvent { Tag.IsEmpty: false })
            throw new YamlTextException("yaml-tag", ToMark(start.Start), "tags (!) are not allowed in a policy",
                "Remove the tag; quote a text that starts with !");
    }

    private ParsingEvent Next()
    {
        while (parser.MoveNext())
        {
            if (parser.Current is { } current and not Comment) return current;
        }

        throw new YamlTextException("yaml-syntax", SourceMark.Nowhere, "the text ends in the middle of a value",
            "Close the open bracket or quote");
    }

    private static int Bounded(long value) => (int)Math.Clamp(value, 0, int.MaxValue);
}
