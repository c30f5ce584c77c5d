using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Vitrine.Egress.Secrets;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>
/// Passes an answer on as it comes: status, headers, body, trailers. Where a secret was put into the request, its echo is replaced.
/// </summary>
internal sealed class ResponseCopier(HttpContext context, Exchange exchange, SecretUse use)
{
    /// <summary>Most bytes of a body that is read as a whole to be told with its true length after echoes were replaced.</summary>
    private const int Small = 64 * 1024;

    public async Task CopyAsync(HttpResponseMessage from)
    {
        Stream body = await from.Content.ReadAsStreamAsync(exchange.Closing).ConfigureAwait(false);
        long? length = from.Headers.TransferEncodingChunked == true ? null : from.Content.Headers.ContentLength;
        bool hasBody = !HttpMethods.IsHead(context.Request.Method)
            && from.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.ResetContent or HttpStatusCode.NotModified);
        bool isDecoded = false;
        if (use.IsAny && hasBody && from.Content.Headers.ContentEncoding.Count > 0)
        {
            string coding = string.Join(',', from.Content.Headers.ContentEncoding);
            Stream decoded = ContentCoding.Decode(body, coding) ?? throw new RequestRefusedException(502, new Refusal(InspectCodes.Upstream,
                "the host packed its answer in a way that cannot be searched for a secret's value, although it was asked not to",
                exchange.Rule.Id));
            isDecoded = !ReferenceEquals(decoded, body);
            body = decoded;
            length = isDecoded ? null : length;
        }

        byte[]? whole = use.IsAny && hasBody && length <= Small ? await WholeAsync(body).ConfigureAwait(false) : null;
        if (whole is not null)
            length = whole.Length;
        await StartAsync(from, length, isDecoded).ConfigureAwait(false);
        if (whole is not null)
            await PassAsync(whole).ConfigureAwait(false);
        else if (hasBody)
            await PassAsync(body, use.IsAny ? new EchoFilter(use, keepsLength: length is not null) : null).ConfigureAwait(false);
        foreach ((string name, HeaderStringValues values) in from.TrailingHeaders.NonValidated)
            context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers.Append(name, Clean(values));
        await context.Response.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Passes status and headers on.</summary>
    public void CopyHeaders(HttpResponseMessage from, long? length, bool isDecoded)
    {
        HttpResponse response = context.Response;
        response.StatusCode = (int)from.StatusCode;
        if (context.Features.Get<IHttpResponseFeature>() is { } feature && from.Version.Major < 2)
            feature.ReasonPhrase = Clean(from.ReasonPhrase ?? "");
        IReadOnlySet<string> named = HopHeaders.Named(
            from.Headers.NonValidated.TryGetValues("Connection", out HeaderStringValues lines) ? lines : []);
        foreach ((string name, HeaderStringValues values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (HopHeaders.EndsResponse(name, named) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
                || (isDecoded && name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase)))
                continue;
            response.Headers.Append(name, Clean(values));
        }

        if (length is not null)
            response.ContentLength = length;
    }

    private async Task StartAsync(HttpResponseMessage from, long? length, bool isDecoded)
    {
        CopyHeaders(from, length, isDecoded);
        int size = context.Response.Headers.Sum(static header => header.Key.Length + header.Value.ToString().Length + 4);
        await exchange.SpendInAsync(size).ConfigureAwait(false);
        exchange.Open.WaitIn(true);
        await context.Response.StartAsync(exchange.Closing).ConfigureAwait(false);
        // Only this sends the headers before there is a body.
        await context.Response.Body.FlushAsync(exchange.Closing).ConfigureAwait(false);
        exchange.Open.WaitIn(false);
    }

    private async Task<byte[]> WholeAsync(Stream body)
    {
        byte[] whole = new byte[Small];
        int length = 0;
        for (int read; length < whole.Length && (read = await ReadAsync(body, whole.AsMemory(length)).ConfigureAwait(false)) > 0;)
            length += read;
        return new EchoFilter(use, keepsLength: false).Pass(whole.AsSpan(0, length), isLast: true).ToArray();
    }

    /// <exception cref="HttpIOException">The server, and not the client, ended its connection.</exception>
    private async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer)
    {
        try
        {
            return await body.ReadAsync(buffer, exchange.Closing).ConfigureAwait(false);
        }
        catch (IOException e) when (e is not HttpIOException)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "the server's connection broke", e);
        }
    }

    private async Task PassAsync(Stream body, EchoFilter? echoes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            while (true)
            {
                Memory<byte> step = buffer.AsMemory(0, Math.Min(buffer.Length, exchange.Step));
                int read = await ReadAsync(body, step).ConfigureAwait(false);
                if (echoes is null)
                    await PassAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
                else
                    await PassAsync(echoes.Pass(buffer.AsSpan(0, read), isLast: read == 0)).ConfigureAwait(false);
                if (read == 0)
                    return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task PassAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        await exchange.SpendInAsync(bytes.Length).ConfigureAwait(false);
        exchange.Open.WaitIn(true);
        await context.Response.Body.WriteAsync(bytes, exchange.Closing).ConfigureAwait(false);
        exchange.Open.WaitIn(false);
    }

    private StringValues Clean(HeaderStringValues values) => values.Select(Clean).ToArray();

    private string Clean(string value) => EchoFilter.Clean(use, value);
}
