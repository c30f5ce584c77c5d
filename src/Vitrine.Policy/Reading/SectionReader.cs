using Vitrine.Policy.Keys;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Units;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>
/// Reads the keys of one mapping. A getter gives null both when the key is absent and when its value is wrong (which is then among the
/// problems), so that a caller writes `reader.Size(key) ?? default` and every error of a text is found in one pass.
/// </summary>
internal sealed class SectionReader
{
    private readonly ReadContext _context;
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Opens a section; reports a value that is no mapping, and each key that the shape does not know.</summary>
    public SectionReader(ReadContext context, string path, YamlNode? node, SectionShape shape)
    {
        _context = context;
        Path = path;
        Mark = node?.Mark ?? SourceMark.Nowhere;
        if (node is null or YamlScalar { IsNull: true }) return;
        if (node is not YamlMapping mapping)
        {
            Problems.Error("wrong-type", path, node.Mark, $"{Title} is {node.KindName} where a mapping is expected",
                $"Write keys: {KeyList(shape)}");
            return;
        }

        foreach (YamlEntry entry in mapping.Entries) Take(entry, shape);
        foreach (Key key in shape.Keys)
        {
            if (key.IsRequired && !_entries.ContainsKey(key.Name))
                Problems.Error("missing-key", path, Mark, $"{Title} lacks the key '{key.Name}'",
                    $"Add for instance `{key.Name}: {key.Example}`");
        }
    }

    /// <summary>Path of this section; empty for the document.</summary>
    public string Path { get; }

    /// <summary>Where the section starts.</summary>
    public SourceMark Mark { get; }

    public ReadContext Context => _context;

    public ProblemList Problems => _context.Problems;

    private string Title => Path.Length == 0 ? "the policy" : $"'{Path}'";

    public string PathOf(Key key) => Path.Length == 0 ? key.Name : $"{Path}.{key.Name}";

    /// <summary>The value of a key as it stands; null when absent or without a value.</summary>
    public YamlNode? Node(Key key)
    {
        if (!_entries.TryGetValue(key.Name, out YamlEntry? entry)) return null;
        return entry.Value is YamlScalar { IsNull: true } ? null : entry.Value;
    }

    public SectionReader Section(Key<SectionShape> key) => new(_context, PathOf(key), Node(key), key.Typed);

    public long? Size(Key<SizeShape> key) => Scalar(key) is { } scalar ? ScalarReader.Size(_context, PathOf(key), scalar, key.Typed) : null;

    public TimeSpan? Duration(Key<DurationShape> key) =>
        Scalar(key) is { } scalar ? ScalarReader.Duration(_context, PathOf(key), scalar, key.Typed) : null;

    public int? Cpus(Key<CpuShape> key) => Scalar(key) is { } scalar ? ScalarReader.Cpus(_context, PathOf(key), scalar, key.Typed) : null;

    public long? Integer(Key<IntegerShape> key) =>
        Scalar(key) is { } scalar ? ScalarReader.Integer(_context, PathOf(key), scalar, key.Typed) : null;

    public bool? Flag(Key<FlagShape> key) => Scalar(key) is { } scalar ? ScalarReader.Flag(_context, PathOf(key), scalar) : null;

    public DateTimeOffset? Time(Key<TimeShape> key) => Scalar(key) is { } scalar ? ScalarReader.Time(_context, PathOf(key), scalar) : null;

    public string? Text(Key<TextShape> key) =>
        Scalar(key) is { } scalar ? ScalarReader.Text(_context, PathOf(key), scalar, key.Typed) : null;

    public string? Choice(Key<ChoiceShape> key) =>
        Scalar(key) is { } scalar ? ScalarReader.Choice(_context, PathOf(key), scalar, key.Typed) : null;

    /// <summary>The items of a list, each with its path; empty when absent or no list.</summary>
    public IEnumerable<(string Path, YamlNode Node)> Items(Key<ListShape> key) =>
        Node(key) is { } node ? ListReader.Items(_context, PathOf(key), node, key.Typed.MaxItems) : [];

    /// <summary>A list of texts or words; null when absent.</summary>
    public IReadOnlyList<string>? Words(Key<ListShape> key, bool unique = true) =>
        Node(key) is { } node ? ListReader.Words(_context, PathOf(key), node, key.Typed, unique) : null;

    /// <summary>Sections under free names, each with its path, in the order of the names; a name that may not be is among the
    /// problems.</summary>
    public IEnumerable<(string Name, SectionReader Section)> Named(Key<NamedSectionsShape> key)
    {
        if (Node(key) is not { } node) yield break;
        if (node is not YamlMapping mapping)
        {
            Problems.Error("wrong-type", PathOf(key), node.Mark, $"'{PathOf(key)}' is {node.KindName} where a mapping is expected",
                $"Write for instance `{key.Example}`");
            yield break;
        }

        if (mapping.Entries.Count > key.Typed.MaxItems)
            Problems.Error("too-many-items", PathOf(key), node.Mark,
                $"'{PathOf(key)}' has {mapping.Entries.Count} items; at most {key.Typed.MaxItems} are allowed", "Remove some");
        foreach (YamlEntry entry in mapping.Entries.Take(key.Typed.MaxItems).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            string path = $"{PathOf(key)}.{Printable.Of(entry.Key)}";
            _context.Marks[path] = entry.Mark;
            yield return (entry.Key, new SectionReader(_context, path, entry.Value, key.Typed.Item));
        }
    }

    private YamlScalar? Scalar(Key key)
    {
        if (!_entries.TryGetValue(key.Name, out YamlEntry? entry)) return null;
        if (entry.Value is YamlScalar { IsNull: false } scalar) return scalar;
        string what = entry.Value is YamlScalar ? "has no value" : $"is {entry.Value.KindName} where one value is expected";
        Problems.Error("wrong-type", PathOf(key), entry.Value.Mark, $"'{PathOf(key)}' {what}",
            $"Write for instance `{key.Name}: {key.Example}`");
        return null;
    }

    private void Take(YamlEntry entry, SectionShape shape)
    {
        if (!shape.Keys.Any(key => string.Equals(key.Name, entry.Key, StringComparison.Ordinal)))
        {
            string? nearest = Nearest.Of(entry.Key, shape.Keys.Select(key => key.Name));
            Problems.Error("unknown-key", PathOf(entry.Key), entry.Mark, $"{Title} has no key '{Printable.Of(entry.Key)}'",
                nearest is null ? $"Its keys are {KeyList(shape)}" : $"Did you mean '{nearest}'?");
            return;
        }

        _entries[entry.Key] = entry;
        _context.Marks[PathOf(entry.Key)] = entry.Mark;
    }

    private string PathOf(string name) => Path.Length == 0 ? Printable.Of(name) : $"{Path}.{Printable.Of(name)}";

    private static string KeyList(SectionShape shape) => string.Join(", ", shape.Keys.Select(key => key.Name));
}
