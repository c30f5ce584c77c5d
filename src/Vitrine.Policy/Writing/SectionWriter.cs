using Vitrine.Policy.Keys;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Writing;

/// <summary>Collects the keys of one section; leaves out what equals its default unless defaults are wanted.</summary>
internal sealed class SectionWriter(bool withDefaults)
{
    private readonly List<YamlEntry> _entries = [];

    public YamlMapping Mapping => new(SourceMark.Nowhere, _entries);

    public bool WithDefaults => withDefaults;

    /// <summary>A word, number, size or time: what needs no quotes.</summary>
    public SectionWriter Plain(Key key, string value) => Add(key, value, new YamlScalar(SourceMark.Nowhere, value, IsPlain: true));

    /// <summary>Free text, quoted where needed.</summary>
    public SectionWriter Text(Key key, string value) => Add(key, value, new YamlScalar(SourceMark.Nowhere, value, IsPlain: false));

    public SectionWriter Flag(Key key, bool value) => Plain(key, value ? "true" : "false");

    /// <summary>A list of words; an empty one is left out.</summary>
    public SectionWriter Words(Key key, IEnumerable<string> values)
    {
        List<YamlNode> items = [.. values.Select(value => new YamlScalar(SourceMark.Nowhere, value, IsPlain: false))];
        return items.Count > 0 || withDefaults ? Node(key, new YamlSequence(SourceMark.Nowhere, items)) : this;
    }

    /// <summary>A list of sections; an empty one is left out.</summary>
    public SectionWriter Items(Key key, IEnumerable<YamlMapping> items) => Nodes(key, items);

    /// <summary>A list of anything; an empty one is left out.</summary>
    public SectionWriter Nodes(Key key, IEnumerable<YamlNode> items)
    {
        List<YamlNode> nodes = [.. items];
        return nodes.Count > 0 || withDefaults ? Node(key, new YamlSequence(SourceMark.Nowhere, nodes)) : this;
    }

    /// <summary>A section; an empty one is left out.</summary>
    public SectionWriter Section(Key key, SectionWriter section) => section._entries.Count > 0 ? Node(key, section.Mapping) : this;

    public SectionWriter Node(Key key, YamlNode node)
    {
        _entries.Add(new YamlEntry(key.Name, SourceMark.Nowhere, node));
        return this;
    }

    private SectionWriter Add(Key key, string value, YamlNode node)
    {
        bool isDefault = !key.IsRequired && string.Equals(key.Default, value, StringComparison.Ordinal);
        return value.Length == 0 || (isDefault && !withDefaults) ? this : Node(key, node);
    }
}
