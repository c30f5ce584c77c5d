namespace Vitrine.Policy;

/// <summary>Where each key of a policy stood in its text.</summary>
/// <param name="Name">The text's name, usually a file name.</param>
/// <param name="Marks">Path of a key (`limits.memory`, `mounts[0]`) to its place. What is missing here is a default.</param>
public sealed record PolicySource(string Name, IReadOnlyDictionary<string, SourceMark> Marks)
{
    /// <summary>A policy that was not read from a text.</summary>
    public static PolicySource None { get; } = new("policy", new Dictionary<string, SourceMark>(StringComparer.Ordinal));

    /// <summary>Whether the text states this key.</summary>
    public bool States(string path) => Marks.ContainsKey(path);

    /// <summary>The place of a key, or of the nearest key above it, or nowhere.</summary>
    public SourceMark Mark(string path)
    {
        for (string rest = path; rest.Length > 0; rest = Parent(rest))
        {
            if (Marks.TryGetValue(rest, out SourceMark? mark)) return mark;
        }

        return SourceMark.Nowhere;
    }

    /// <summary>`file:line`, or `default` when the text does not state the key.</summary>
    public string Reason(string path) => Marks.TryGetValue(path, out SourceMark? mark) ? $"{Name}:{mark.Line}" : "default";

    private static string Parent(string path) => path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
}

/// <summary>A place in a text.</summary>
/// <param name="Line">Line, from 1; 0 for nowhere.</param>
/// <param name="Column">Column, from 1; 0 for nowhere.</param>
public sealed record SourceMark(int Line, int Column)
{
    /// <summary>What was not read from a text.</summary>
    public static SourceMark Nowhere { get; } = new(0, 0);
}
