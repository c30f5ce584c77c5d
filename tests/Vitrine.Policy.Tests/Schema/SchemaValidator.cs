using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vitrine.Policy.Tests.Schema;

/// <summary>
/// The keywords of JSON Schema 2020-12 that the policy schema uses, judged from the written schema alone. A keyword it does not know is an
/// exception, so a
/// schema that grows beyond it fails loudly.
/// </summary>
internal sealed class SchemaValidator(JsonElement schema)
{
    private static readonly string[] s_annotations = ["$schema", "title", "description"];

    public bool IsValid(JsonElement value) => schema.EnumerateObject().All(keyword => Holds(keyword, value));

    private bool Holds(JsonProperty keyword, JsonElement value) => keyword.Name switch
    {
        "type" => keyword.Value.ValueKind == JsonValueKind.Array
            ? keyword.Value.EnumerateArray().Any(type => IsOfType(type.GetString()!, value)) : IsOfType(keyword.Value.GetString()!, value),
        "enum" => keyword.Value.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)),
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= keyword.Value.GetDecimal(),
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= keyword.Value.GetDecimal(),
        "multipleOf" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() % keyword.Value.GetDecimal() == 0,
        "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() >= keyword.Value.GetInt32(),
        "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() <= keyword.Value.GetInt32(),
        "pattern" => value.ValueKind != JsonValueKind.String
            || Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!, RegexOptions.ECMAScript | RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1)),
        "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= keyword.Value.GetInt32(),
        "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(new SchemaValidator(keyword.Value).IsValid),
        "oneOf" => keyword.Value.EnumerateArray().Count(option => new SchemaValidator(option).IsValid(value)) == 1,
        "properties" => value.ValueKind != JsonValueKind.Object
            || keyword.Value.EnumerateObject().All(property => !value.TryGetProperty(property.Name, out JsonElement item)
            || new SchemaValidator(property.Value).IsValid(item)),
        "required" => value.ValueKind != JsonValueKind.Object
            || keyword.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "maxProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() <= keyword.Value.GetInt32(),
        "propertyNames" => value.ValueKind != JsonValueKind.Object
            || value.EnumerateObject()
            .All(property => new SchemaValidator(keyword.Value).IsValid(JsonSerializer.SerializeToElement(property.Name))),
        "additionalProperties" => value.ValueKind != JsonValueKind.Object
            || value.EnumerateObject().Where(property => !IsListed(property.Name))
            .All(property => IsAllowed(keyword.Value, property.Value)),
        _ when s_annotations.Contains(keyword.Name, StringComparer.Ordinal) => true,
        _ => throw new NotSupportedException($"The keyword {keyword.Name} is not known."),
    };

    private static bool IsAllowed(JsonElement rule, JsonElement value) =>
        rule.ValueKind is JsonValueKind.True || (rule.ValueKind is JsonValueKind.Object && new SchemaValidator(rule).IsValid(value));

    private bool IsListed(string name) =>
        schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(name, out _);

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDecimal() % 1 == 0,
        _ => throw new NotSupportedException($"The type {type} is not known."),
    };
}
