using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Tests.Reading;
using Vitrine.Policy.Tests.Support;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Tests.Schema;

/// <summary>The schema, judged from its text alone, agrees with the reader.</summary>
public sealed class SchemaAgreementTests
{
    private static readonly SchemaValidator s_schema = new(JsonSerializer.Deserialize<JsonElement>(PolicySchema.Generate()));

    /// <summary>Mistakes that a schema cannot see: of the text, of two keys together, or of meaning.</summary>
    private static readonly HashSet<string> s_beyondSchema = new(StringComparer.Ordinal)
    {
        "out-of-range", "path-form", "mask-writable", "owner-read-only", "mask-form", "user-capabilities", "user-name", "user-group",
            "workspace-conflict", "variable-twice", "host-form", "host-wide", "host-address",
            "host-metadata", "host-port", "preset-unknown", "rule-target", "rule-empty", "rule-inspect", "rule-ech", "rule-id-twice",
            "port-form", "method-refused", "path-pattern", "resolver-form", "proxy-form", "secret-source", "secret-hosts", "secret-place",
            "header-refused",
        "syscall-unknown", "syscall-forbidden", "syscall-essential", "syscall-both", "test-form",
    };

    [Fact]
    public void Evaluate_ReadyPolicies_AreValid()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "policies"), "*.yaml"))
            Assert.True(IsValid(File.ReadAllText(file)), file);
    }

    [Theory]
    [MemberData(nameof(KeyTests.AllKeys), MemberType = typeof(KeyTests))]
    public void Evaluate_ExampleOfEachKey_IsValid(string name, string text) => Assert.True(IsValid(text), name);

    [Theory]
    [MemberData(nameof(ReaderErrorTests.Cases), MemberType = typeof(ReaderErrorTests))]
    public void Evaluate_MistakeThatTheReaderFinds_IsInvalidToo(string text, string code, string path, int line, int column, string hint)
    {
        if (s_beyondSchema.Contains(code)) return;
        if (text.Contains("\\0", StringComparison.Ordinal)) return;
        Assert.False(IsValid(text), $"{code} at {path} {line}:{column} {hint}");
    }

    private static bool IsValid(string yaml)
    {
        var problems = new ProblemList("schema");
        JsonNode? json = ToJson(YamlText.Read(yaml, problems));
        Assert.False(problems.HasErrors, string.Join('\n', problems.ToSortedList()));
        return s_schema.IsValid(JsonSerializer.SerializeToElement(json));
    }

    // The core schema of YAML 1.2.
    private static JsonNode? ToJson(YamlNode? node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, ToJson(entry.Value)))),
        YamlSequence sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        YamlScalar { IsPlain: false } text => JsonValue.Create(text.Text),
        YamlScalar { IsNull: true } or null => null,
        YamlScalar { Text: "true" or "false" } flag => JsonValue.Create(flag.Text is "true"),
        YamlScalar number when decimal.TryParse(number.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out decimal value) => JsonValue.Create(value),
        YamlScalar text => JsonValue.Create(text.Text),
        _ => throw new ArgumentException(node.KindName, nameof(node)),
    };
}
