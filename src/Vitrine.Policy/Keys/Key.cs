namespace Vitrine.Policy.Keys;

/// <summary>One key of a policy, described once for the reader, the JSON Schema and the documentation.</summary>
/// <param name="Name">Its kebab-case name.</param>
/// <param name="Shape">What its value may look like.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Default">The default as a policy would spell it; empty when there is none.</param>
/// <param name="Example">A value as a policy would spell it.</param>
/// <param name="IsRequired">Whether its section is incomplete without it.</param>
internal abstract record Key(string Name, Shape Shape, string Summary, string Default, string Example, bool IsRequired);

/// <summary>A key whose shape's type is known.</summary>
internal sealed record Key<TShape>(string Name, TShape Typed, string Summary, string Default = "", string Example = "",
    bool IsRequired = false)
    : Key(Name, Typed, Summary, Default, Example, IsRequired)
    where TShape : Shape;
