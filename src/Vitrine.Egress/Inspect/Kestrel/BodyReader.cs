using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Egress.Secrets;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>
/// Makes the body a request leaves with. Without secrets, bytes pass as they come. With secrets, small bodies and those with fields are
/// read as a
/// whole, so that nothing of a refused one leaves; longer ones are searched as they pass.
/// </summary>
internal static class BodyReader
{
    /// <summary>Most bytes read as a whole without need.</summary>
    private const int Small = 64 * 1024;

    /// <summary>The body; null when there is none.</summary>
    /// <exception cref="SecretMisplacedException">It holds a placeholder where no value is put in.</exception>
    public static async Task<RequestBody?> ReadAsync(
        HttpContext context, Exchange exchange, SecretSet secrets, IReadOnlyList<SecretValue> here, SecretUse use)
    {
        HttpRequest request = context.Request;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
            return request.ContentLength == 0 ? new RequestBody(default, null, 0, exchange, null) : null;
        if (secrets.Secrets.Count == 0)
            return new RequestBody(default, request.Body, request.ContentLength, exchange, null);

        string coding = request.Headers.ContentEncoding.ToString();
        bool isCoded = coding.Length > 0 && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase);
        bool hasFields = !isCoded && here.Any(secret => secret.Plan.BodyFields.Count > 0) && BodySubstitution.Reads(request.ContentType);
        int whole = hasFields || isCoded ? BodySubstitution.MaxBytes : request.ContentLength <= Small ? Small : 0;
        byte[] first = await FirstAsync(request, whole, exchange.Closing).ConfigureAwait(false);
        if (whole == 0 || first.Length > whole)
        {
            var scanner = new PlaceholderScanner(secrets.Texts);
            return scanner.Find(first) is { } secret
                ? throw new SecretMisplacedException(secret, "in a body too long for its fields to be read")
                : new RequestBody(first, request.Body, request.ContentLength, exchange, scanner);
        }

        (byte[] sent, byte[] without) = hasFields ? BodySubstitution.Put(here, request.ContentType, first, use) : (first, first);
        secrets.Refuse(without, "in the body");
        if (isCoded)
            await RefuseDecodedAsync(secrets, first, coding, exchange.Closing).ConfigureAwait(false);
        return new RequestBody(sent, null, sent.Length, exchange, null);
    }

    // Up to one byte more than is read as a whole.
    private static async Task<byte[]> FirstAsync(HttpRequest request, int whole, CancellationToken cancellationToken)
    {
        if (whole == 0)
            return [];
        using var first = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (first.Length <= whole)
        {
            int read = await request.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                break;
            first.Write(buffer, 0, read);
        }

        return first.ToArray();
    }

    // Of what is packed, as much is searched as a body read as a whole may have.
    private static async Task RefuseDecodedAsync(SecretSet secrets, byte[] body, string coding, CancellationToken cancellationToken)
    {
        using var packed = new MemoryStream(body, writable: false);
        Stream? decoded = ContentCoding.Decode(packed, coding);
        if (decoded is null)
            return;
        await using (decoded.ConfigureAwait(false))
        {
            byte[] plain = new byte[BodySubstitution.MaxBytes];
            int length;
            try
            {
                length = await decoded.ReadAtLeastAsync(plain, plain.Length, throwOnEndOfStream: false, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (InvalidDataException)
            {
                return;
            }

            secrets.Refuse(plain.AsSpan(0, length), "in the packed body");
        }
    }
}

/// <summary>Content codings (RFC 9110 section 8.4.1).</summary>
internal static class ContentCoding
{
    /// <summary>The bytes unpacked; null for a coding that is not known here.</summary>
    public static Stream? Decode(Stream packed, string coding) => coding.Trim().ToLowerInvariant() switch
    {
        "" or "identity" => packed,
        "gzip" or "x-gzip" => new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new ZLibStream(packed, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(packed, CompressionMode.Decompress, leaveOpen: true),
        _ => null,
    };
}
