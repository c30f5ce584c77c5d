namespace Vitrine.Policy.Yaml;

/// <summary>The text is no YAML that a policy may be; ends the reading. Never leaves <see cref="YamlText"/>.</summary>
internal sealed class YamlTextException(string code, SourceMark mark, string message, string hint) : Exception(message)
{
    public string Code { get; } = code;

    public SourceMark Mark { get; } = mark;

    public string Hint { get; } = hint;
}
