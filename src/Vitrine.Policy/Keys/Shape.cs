namespace Vitrine.Policy.Keys;

/// <summary>What a key's value may look like. The reader, the JSON Schema and the documentation's test all go by it.</summary>
internal abstract record Shape;

/// <summary>A size in bytes with a unit.</summary>
internal sealed record SizeShape(long Min, long Max) : Shape;

/// <summary>A time with units, or `none`.</summary>
internal sealed record DurationShape(TimeSpan Min, TimeSpan Max) : Shape;

/// <summary>A number of CPUs.</summary>
internal sealed record CpuShape(int MinMillis, int MaxMillis) : Shape;

/// <summary>A whole number.</summary>
internal sealed record IntegerShape(long Min, long Max) : Shape;

/// <summary>`true` or `false`.</summary>
internal sealed record FlagShape : Shape;

/// <summary>A moment in ISO 8601 with its offset.</summary>
internal sealed record TimeShape : Shape;

/// <summary>Free text in bounds.</summary>
/// <param name="MaxLength">Most characters.</param>
/// <param name="Pattern">Regular expression for the JSON Schema; the reader checks the same by code.</param>
internal sealed record TextShape(int MaxLength, string? Pattern = null) : Shape;

/// <summary>One of a few words.</summary>
internal sealed record ChoiceShape(IReadOnlyList<string> Values) : Shape;

/// <summary>A list.</summary>
internal sealed record ListShape(Shape Item, int MaxItems) : Shape;

/// <summary>Names with texts, the names free.</summary>
internal sealed record TextMapShape(string KeyPattern, int MaxItems, int MaxLength) : Shape;

/// <summary>A mapping with known keys.</summary>
internal sealed record SectionShape(IReadOnlyList<Key> Keys) : Shape;

/// <summary>Mappings of one shape under names that are free.</summary>
internal sealed record NamedSectionsShape(string KeyPattern, int MaxItems, SectionShape Item) : Shape;

/// <summary>Any one of several shapes.</summary>
internal sealed record UnionShape(IReadOnlyList<Shape> Options) : Shape;
