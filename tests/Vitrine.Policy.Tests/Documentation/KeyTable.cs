using System.Text;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Schema;

namespace Vitrine.Policy.Tests.Documentation;

/// <summary>The tables of docs/policy.md, made from the keys.</summary>
internal static class KeyTable
{
    public static IReadOnlyList<(string Name, SectionShape Section)> Sections { get; } =
    [
        ("document", PolicyKeys.Document), ("user", TrustKeys.User), ("workspace", PlaceKeys.Workspace), ("mounts", PlaceKeys.Mount),
            ("root", PlaceKeys.RootSection),
        ("tmpfs", PlaceKeys.Tmpfs), ("limits", LimitKeys.Section), ("environment", TrustKeys.Environment), ("egress", EgressKeys.Section), ("egress-rule", EgressKeys.Rule), ("secrets", EgressKeys.Secret), ("secret-from", EgressKeys.Source),
            ("seccomp", TrustKeys.Seccomp),
        ("layers", TrustKeys.Layers), ("debug", TrustKeys.Debug), ("tests", TestKeys.Section), ("test", TestKeys.Case),
    ];

    public static string Of(SectionShape section)
    {
        var table = new StringBuilder("| key | value | default | example | |\n|---|---|---|---|---|\n");
        foreach (Key key in section.Keys)
            table.Append($"| `{key.Name}` | {Cell(Kind(key.Shape))} | {Default(key)} | {Code(key.Example)} | {Cell(key.Summary)} |\n");
        return table.ToString();
    }

    private static string Kind(Shape shape) => shape switch
    {
        SizeShape or DurationShape or IntegerShape or CpuShape => $"{Noun(shape)}, {Lower(ShapeSchema.Range(shape)!)}",
        ChoiceShape choice => string.Join(", ", choice.Values.Select(value => $"`{value}`")),
        ListShape list => $"list of at most {list.MaxItems}",
        TextShape text => $"text of at most {text.MaxLength}",
        NamedSectionsShape named => $"names with mappings, at most {named.MaxItems}",
        TextMapShape map => $"names with texts, at most {map.MaxItems}",
        FlagShape => "`true` or `false`",
        TimeShape => "moment with its zone",
        UnionShape union => string.Join("; or ", union.Options.Select(Kind)),
        _ => "mapping",
    };

    private static string Noun(Shape shape) => shape switch
    {
        SizeShape => "size",
        DurationShape => "time",
        CpuShape => "CPUs",
        _ => "number",
    };

    private static string Default(Key key) => key.IsRequired ? "required" : Code(key.Default);

    private static string Code(string text) => text.Length == 0 ? "–" : $"`{Cell(text)}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Lower(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
