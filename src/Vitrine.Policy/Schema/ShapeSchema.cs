using System.Text.Json;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Schema;

/// <summary>Shapes as JSON Schema. Every kind of shape has its arm here: a new one without is an exception in the first test.</summary>
internal static class ShapeSchema
{
    private const string SizePattern = @"^[0-9]{1,15}(\.[0-9]{1,3})?(B|KiB|MiB|GiB|TiB|kB|KB|MB|GB|TB)$";
    private const string DurationPattern =
        @"^(none|(?=[0-9])([0-9]{1,15}(\.[0-9]{1,3})?d)?([0-9]{1,15}(\.[0-9]{1,3})?h)?([0-9]{1,15}(\.[0-9]{1,3})?m)?([0-9]{1,15}(\.[0-9]{1,3})?s)?)$";
    private const string TimePattern = @"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$";

    public static void WriteSection(Utf8JsonWriter json, SectionShape section)
    {
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartObject("properties");
        foreach (Key key in section.Keys) WriteKey(json, key);
        json.WriteEndObject();
        List<Key> required = [.. section.Keys.Where(key => key.IsRequired)];
        if (required.Count == 0) return;
        json.WriteStartArray("required");
        foreach (Key key in required) json.WriteStringValue(key.Name);
        json.WriteEndArray();
    }

    private static void WriteKey(Utf8JsonWriter json, Key key)
    {
        json.WriteStartObject(key.Name);
        json.WriteString("description", Description(key));
        WriteShape(json, key.Shape);
        json.WriteEndObject();
    }

    private static string Description(Key key)
    {
        string text = key.Summary;
        if (Range(key.Shape) is { } range) text += $" {range}.";
        return key.Default.Length > 0 ? $"{text} Default: {key.Default}." : text;
    }

    /// <summary>`From … to …` for what a schema cannot compare; null otherwise.</summary>
    public static string? Range(Shape shape) => shape switch
    {
        SizeShape size => $"From {ByteSize.Format(size.Min)} to {ByteSize.Format(size.Max)}",
        DurationShape time => $"From {DurationText.Format(time.Min)} to {DurationText.Format(time.Max)}, or none",
        CpuShape cpus => $"From {CpuShare.Format(cpus.MinMillis)} to {CpuShare.Format(cpus.MaxMillis)}",
        IntegerShape number => $"From {number.Min} to {number.Max}",
        _ => null,
    };

    private static void WriteShape(Utf8JsonWriter json, Shape shape)
    {
        switch (shape)
        {
            case SizeShape:
                WritePattern(json, SizePattern);
                break;
            case DurationShape:
                WritePattern(json, DurationPattern);
                break;
            case TimeShape:
                WritePattern(json, TimePattern);
                break;
            case CpuShape cpus:
                json.WriteString("type", "number");
                json.WriteNumber("minimum", cpus.MinMillis / 1000m);
                json.WriteNumber("maximum", cpus.MaxMillis / 1000m);
                json.WriteNumber("multipleOf", 0.001m);
                break;
            case IntegerShape number:
                json.WriteString("type", "integer");
                json.WriteNumber("minimum", number.Min);
                json.WriteNumber("maximum", number.Max);
                break;
            case FlagShape:
                json.WriteString("type", "boolean");
                break;
            case TextShape text:
                WriteText(json, text);
                break;
            case ChoiceShape choice:
                WriteChoice(json, choice);
                break;
            case ListShape list:
                WriteList(json, list);
                break;
            case TextMapShape map:
                WriteMap(json, map);
                break;
            case NamedSectionsShape named:
                WriteNamedSections(json, named);
                break;
            case SectionShape section:
                WriteSection(json, section);
                break;
            case UnionShape union:
                WriteUnion(json, union);
                break;
            default:
                throw new ArgumentException($"{shape.GetType().Name} has no JSON Schema", nameof(shape));
        }
    }

    private static void WritePattern(Utf8JsonWriter json, string pattern)
    {
        json.WriteString("type", "string");
        json.WriteString("pattern", pattern);
    }

    private static void WriteText(Utf8JsonWriter json, TextShape text)
    {
        json.WriteString("type", "string");
        json.WriteNumber("minLength", 1);
        json.WriteNumber("maxLength", text.MaxLength);
        if (text.Pattern is { } pattern) json.WriteString("pattern", pattern);
    }

    private static void WriteChoice(Utf8JsonWriter json, ChoiceShape choice)
    {
        json.WriteStartArray("enum");
        foreach (string value in choice.Values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter json, ListShape list)
    {
        json.WriteString("type", "array");
        json.WriteNumber("maxItems", list.MaxItems);
        json.WriteStartObject("items");
        WriteShape(json, list.Item);
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, TextMapShape map)
    {
        json.WriteString("type", "object");
        json.WriteNumber("maxProperties", map.MaxItems);
        json.WriteStartObject("propertyNames");
        json.WriteString("pattern", map.KeyPattern);
        json.WriteEndObject();
        json.WriteStartObject("additionalProperties");
        json.WriteStartArray("type");
        foreach (string type in (string[])["string", "number", "boolean"]) json.WriteStringValue(type);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNamedSections(Utf8JsonWriter json, NamedSectionsShape named)
    {
        json.WriteString("type", "object");
        json.WriteNumber("maxProperties", named.MaxItems);
        json.WriteStartObject("propertyNames");
        json.WriteString("pattern", named.KeyPattern);
        json.WriteEndObject();
        json.WriteStartObject("additionalProperties");
        WriteSection(json, named.Item);
        json.WriteEndObject();
    }

    private static void WriteUnion(Utf8JsonWriter json, UnionShape union)
    {
        json.WriteStartArray("oneOf");
        foreach (Shape option in union.Options)
        {
            json.WriteStartObject();
            WriteShape(json, option);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
