namespace Vitrine.Policy.Yaml;

/// <summary>Bounds on a policy's text, far above any honest one.</summary>
internal static class YamlLimits
{
    /// <summary>Most characters of the text (1 Mi).</summary>
    public const int MaxCharacters = 1 << 20;

    /// <summary>Deepest nesting of lists and mappings.</summary>
    public const int MaxDepth = 16;

    /// <summary>Most nodes.</summary>
    public const int MaxNodes = 20_000;
}
