using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vitrine.Audit.Chain;

/// <summary>
/// The chain rule. A line ends in <c>,"prev":"P","hash":"H"}</c>. P is the H of the line before (64 zeros before the first); H is the SHA-256 of the
/// line's own bytes with <c>,"hash":"H"</c> left out: lower-case hex, newline not counted.
/// </summary>
internal static class ChainLine
{
    /// <summary>Most bytes of a line, newline included: what a reader takes into memory at once. A writer's bounds keep far below it.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Hexadecimal characters of a hash.</summary>
    public const int HashLength = 64;

    /// <summary>What stands before the first line's event.</summary>
    public const string Origin = "0000000000000000000000000000000000000000000000000000000000000000";

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    private static ReadOnlySpan<byte> PrevKey => ",\"prev\":\""u8;

    private static ReadOnlySpan<byte> HashKey => "\",\"hash\":\""u8;

    private static int SuffixLength => PrevKey.Length + HashLength + HashKey.Length + HashLength + 2;

    /// <summary>Writes an event as the next line, newline included, and returns its hash.</summary>
    public static string Append(LineWriter line, List<byte> output, string writer, long sequence, DateTimeOffset time, AuditEvent auditEvent, string previous)
    {
        line.Clear();
        line.Open()
            .Number("seq", sequence).Time("time", time).Text("writer", writer).Text("type", auditEvent.Type).Text("source", Name(auditEvent.Source))
            .Text("sandbox", auditEvent.Sandbox, 64).Text("command", auditEvent.Command, 64)
            .Open("data");
        auditEvent.Payload.Write(line);
        line.Close().Number("cut", line.Cut == 0 ? null : line.Cut).Text("prev", previous).Close();
        string hash = Convert.ToHexStringLower(SHA256.HashData(line.Written));
        output.AddRange(line.Written[..^1]);
        output.AddRange(",\"hash\":\""u8);
        output.AddRange(Encoding.ASCII.GetBytes(hash));
        output.AddRange("\"}\n"u8);
        return hash;
    }

    /// <summary>The word a source has in a line.</summary>
    public static string Name(AuditSource source) => source switch
    {
        AuditSource.Host => "host",
        AuditSource.Kernel => "kernel",
        _ => "guest",
    };

    /// <summary>Takes a line (newline not included) apart. False where it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out ChainLink link)
    {
        link = default;
        if (bytes.Length <= SuffixLength || bytes.Length >= MaxBytes || bytes[0] != '{' || !bytes.EndsWith("\"}"u8))
            return false;
        ReadOnlySpan<byte> suffix = bytes[^SuffixLength..];
        ReadOnlySpan<byte> previous = suffix.Slice(PrevKey.Length, HashLength);
        ReadOnlySpan<byte> hash = suffix.Slice(SuffixLength - 2 - HashLength, HashLength);
        if (!suffix.StartsWith(PrevKey) || !suffix[(PrevKey.Length + HashLength)..].StartsWith(HashKey) || !IsHex(previous) || !IsHex(hash))
            return false;
        if (!TryReadEnvelope(bytes, out long sequence, out string? writer))
            return false;
        link = new ChainLink(sequence, writer, Encoding.ASCII.GetString(previous), Encoding.ASCII.GetString(hash), ComputeHash(bytes));
        return true;
    }

    /// <summary>Whether text is a hash.</summary>
    public static bool IsHex(ReadOnlySpan<byte> text) => text.Length == HashLength && !text.ContainsAnyExcept(HexDigits);

    private static string ComputeHash(ReadOnlySpan<byte> bytes)
    {
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(bytes[..^(HashKey.Length + HashLength + 1)]);
        sha.AppendData("}"u8);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static bool TryReadEnvelope(ReadOnlySpan<byte> bytes, out long sequence, out string writer)
    {
        sequence = 0;
        writer = "";
        try
        {
            var reader = new Utf8JsonReader(bytes);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isSequence = reader.ValueTextEquals("seq"u8);
                bool isWriter = reader.ValueTextEquals("writer"u8);
                reader.Read();
                if (isSequence && (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out sequence)))
                    return false;
                if (isWriter)
                    writer = reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : "";
                reader.Skip();
            }

            return sequence > 0 && reader.BytesConsumed == bytes.Length;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
