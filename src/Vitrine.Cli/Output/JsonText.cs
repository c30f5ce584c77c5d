using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vitrine.Cli.Output;

/// <summary>
/// JSON as this program writes it: one object a line, controls and what a terminal might act on escaped, letters as they are.
/// </summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text as a JSON string, quotes included.</summary>
    public static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    /// <summary>One object without a line end.</summary>
    public static string Object(Action<Utf8JsonWriter> members) => Encoding.UTF8.GetString(ObjectBytes(members));

    /// <summary>One object without a line end, as UTF-8.</summary>
    public static ReadOnlySpan<byte> ObjectBytes(Action<Utf8JsonWriter> members)
    {
        var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, s_options))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }
}
