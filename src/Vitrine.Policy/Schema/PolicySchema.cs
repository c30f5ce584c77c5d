using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Schema;

namespace Vitrine.Policy;

/// <summary>The JSON Schema (draft 2020-12) of policies, made from the same keys the reader goes by. Checked in as
/// docs/policy.schema.json.</summary>
public static class PolicySchema
{
    /// <summary>Writes it, indented, with a line feed at the end.</summary>
    public static string Generate()
    {
        var buffer = new ArrayBufferWriter<byte>(32768);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder =
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "Vitrine policy");
            json.WriteString("description", "What a sandbox may do. Everything left out has its tightest value.");
            ShapeSchema.WriteSection(json, PolicyKeys.Document);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
