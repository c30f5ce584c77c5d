using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vitrine.Egress.Secrets;

/// <summary>
/// Puts values into named fields of a body that is read as a whole: members at the top level of a JSON object, or fields of a form.
/// </summary>
internal static class BodySubstitution
{
    /// <summary>Most bytes of a body that is read as a whole; a longer one passes through, and a placeholder in it is refused.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Whether a body of this type has fields.</summary>
    public static bool Reads(string? contentType) => IsJson(contentType) || IsForm(contentType);

    /// <summary>The body as it leaves, and what is left of it without the values, for a last look.</summary>
    /// <param name="here">Secrets for the host.</param>
    /// <param name="contentType">The request's content type.</param>
    /// <param name="body">The body, whole and without content coding.</param>
    /// <param name="use">Gets what was put in.</param>
    public static (byte[] Sent, byte[] Without) Put(IReadOnlyList<SecretValue> here, string? contentType, byte[] body, SecretUse use)
    {
        IReadOnlyList<SecretValue> secrets = [.. here.Where(secret => secret.Plan.BodyFields.Count > 0)];
        if (secrets.Count == 0)
            return (body, body);
        if (IsForm(contentType))
            return Form(secrets, Encoding.Latin1.GetString(body), use);
        try
        {
            return IsJson(contentType) ? Json(secrets, body, use) : (body, body);
        }
        catch (JsonException)
        {
            // What is no JSON has no fields. A placeholder in it is refused by the caller's last look.
            return (body, body);
        }
    }

    private static (byte[] Sent, byte[] Without) Json(IReadOnlyList<SecretValue> secrets, byte[] body, SecretUse use)
    {
        // Whatever is not such a string is copied as it is: numbers, spacing and order stay the client's.
        var sent = new ArrayBufferWriter<byte>(body.Length + 256);
        var rest = new ArrayBufferWriter<byte>(body.Length);
        var reader = new Utf8JsonReader(body);
        int copied = 0;
        string? field = null;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                field = reader.GetString();
                continue;
            }

            if (reader.TokenType == JsonTokenType.String && reader.CurrentDepth == 1 && field is not null)
            {
                string text = reader.GetString()!;
                (string put, string without) = Replace(secrets, field, text, use);
                if (!ReferenceEquals(put, text))
                {
                    int start = (int)reader.TokenStartIndex;
                    Copy(body.AsSpan(copied, start - copied), sent, rest);
                    copied = (int)reader.BytesConsumed;
                    Quote(put, sent);
                    Quote(without, rest);
                }
            }

            if (reader.CurrentDepth <= 1)
                field = null;
        }

        Copy(body.AsSpan(copied), sent, rest);
        return (sent.WrittenSpan.ToArray(), rest.WrittenSpan.ToArray());
    }

    private static (byte[] Sent, byte[] Without) Form(IReadOnlyList<SecretValue> secrets, string body, SecretUse use)
    {
        string[] sent = body.Split('&');
        string[] rest = [.. sent];
        for (int index = 0; index < sent.Length; index++)
        {
            int equals = sent[index].IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            string text = Unescape(sent[index][(equals + 1)..]);
            (string put, string without) = Replace(secrets, Unescape(sent[index][..equals]), text, use);
            if (ReferenceEquals(put, text))
                continue;
            rest[index] = sent[index][..(equals + 1)] + Uri.EscapeDataString(without);
            sent[index] = sent[index][..(equals + 1)] + Uri.EscapeDataString(put);
        }

        return (Encoding.Latin1.GetBytes(string.Join('&', sent)), Encoding.Latin1.GetBytes(string.Join('&', rest)));
    }

    private static (string Put, string Without) Replace(IReadOnlyList<SecretValue> secrets, string field, string text, SecretUse use)
    {
        string put = text;
        string without = text;
        foreach (SecretValue secret in secrets.Where(secret => secret.Plan.BodyFields.Contains(field, StringComparer.Ordinal)))
        {
            if (!put.Contains(secret.Placeholder, StringComparison.Ordinal))
                continue;
            put = put.Replace(secret.Placeholder, secret.Reveal(), StringComparison.Ordinal);
            without = without.Replace(secret.Placeholder, "", StringComparison.Ordinal);
            use.Add(secret);
        }

        return (put, without);
    }

    private static void Copy(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> sent, ArrayBufferWriter<byte> rest)
    {
        sent.Write(bytes);
        rest.Write(bytes);
    }

    private static void Quote(string text, ArrayBufferWriter<byte> target)
    {
        target.Write("\""u8);
        target.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        target.Write("\""u8);
    }

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static bool IsForm(string? contentType) =>
        Media(contentType).Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    private static bool IsJson(string? contentType)
    {
        ReadOnlySpan<char> media = Media(contentType);
        return media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> Media(string? contentType)
    {
        ReadOnlySpan<char> text = contentType;
        int end = text.IndexOf(';');
        return (end < 0 ? text : text[..end]).Trim();
    }
}
