using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vitrine.Audit.Events;

/// <summary>Durations are whole microseconds in a line.</summary>
internal sealed class MicrosecondsConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(checked(reader.GetInt64() * TimeSpan.TicksPerMicrosecond));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Ticks / TimeSpan.TicksPerMicrosecond);
}
