using System.Globalization;
using System.Text.Json;
using Vitrine.Audit.Events;

namespace Vitrine.Audit.Chain;

/// <summary>From a line's bytes to a record. What cannot be read becomes <see cref="Unreadable"/>, never an exception: a trail is read most when it was tampered with.</summary>
internal static class RecordReader
{
    /// <summary>Reads a line of a writer's chain.</summary>
    public static AuditRecord Read(ReadOnlyMemory<byte> line, string writer, AuditRecord? before)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return Read(document.RootElement, Printable(line.Span));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            return new AuditRecord
            {
                Sequence = (before?.Sequence ?? 0) + 1,
                Time = before?.Time ?? DateTimeOffset.MinValue,
                Writer = writer,
                Event = new AuditEvent { Payload = new Unreadable("unreadable", null), Source = AuditSource.Host },
                Line = Printable(line.Span),
            };
        }
    }

    private static AuditRecord Read(JsonElement root, string line) => new()
    {
        Sequence = root.GetProperty("seq").GetInt64(),
        Time = DateTimeOffset.Parse(Text(root, "time") ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        Writer = Text(root, "writer") ?? throw new FormatException("no writer"),
        Cut = root.TryGetProperty("cut", out JsonElement cut) ? cut.GetInt64() : 0,
        Event = new AuditEvent
        {
            Payload = PayloadReader.Read(Text(root, "type") ?? throw new FormatException("no type"), root.GetProperty("data")),
            Source = Source(Text(root, "source")),
            Sandbox = Text(root, "sandbox"),
            Command = Text(root, "command"),
        },
        Line = line,
    };

    /// <summary>A word this version does not know is trusted least.</summary>
    private static AuditSource Source(string? word) => word switch
    {
        "host" => AuditSource.Host,
        "kernel" => AuditSource.Kernel,
        _ => AuditSource.Guest,
    };

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    /// <summary>A line that was tampered with may hold anything: what is not printable ASCII becomes a question mark.</summary>
    private static string Printable(ReadOnlySpan<byte> line) => string.Create(line.Length, line, static (target, source) =>
    {
        for (int i = 0; i < source.Length; i++)
            target[i] = source[i] is >= (byte)' ' and <= (byte)'~' ? (char)source[i] : '?';
    });
}
