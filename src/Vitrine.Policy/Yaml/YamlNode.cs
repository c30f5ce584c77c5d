namespace Vitrine.Policy.Yaml;

/// <summary>A node of a policy's text with its place. No anchors, aliases or tags: those are refused while reading.</summary>
/// <param name="Mark">Where it starts.</param>
internal abstract record YamlNode(SourceMark Mark)
{
    /// <summary>What a person would call it.</summary>
    public abstract string KindName { get; }
}

/// <summary>One value.</summary>
/// <param name="Mark">Where it starts.</param>
/// <param name="Text">Its text, escapes resolved.</param>
/// <param name="IsPlain">Whether it stood without quotes, so that `10` is a number and `true` a truth value.</param>
internal sealed record YamlScalar(SourceMark Mark, string Text, bool IsPlain) : YamlNode(Mark)
{
    public override string KindName => "a value";

    /// <summary>The null of YAML's core schema.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
internal sealed record YamlSequence(SourceMark Mark, IReadOnlyList<YamlNode> Items) : YamlNode(Mark)
{
    public override string KindName => "a list";
}

/// <summary>Keys with values; each key once.</summary>
internal sealed record YamlMapping(SourceMark Mark, IReadOnlyList<YamlEntry> Entries) : YamlNode(Mark)
{
    public override string KindName => "a mapping";
}

/// <summary>One key with its value.</summary>
internal sealed record YamlEntry(string Key, SourceMark Mark, YamlNode Value);
