using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Primitives;
using Vitrine.Egress.Secrets;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>Makes an allowed request anew and passes the answer on.</summary>
internal sealed class Forwarder(HttpContext context, SessionInspector inspector, Exchange exchange, RequestTarget target)
{
    // What the start of a message has besides its headers' own characters, about.
    private const int LineOverhead = 4;

    private readonly SecretSet _secrets = inspector.Secrets;
    private readonly SecretUse _use = new();

    public async Task ForwardAsync(bool isWebSocket)
    {
        IReadOnlyList<SecretValue> here = _secrets.For(target.Host, target.IsTls);
        _secrets.Refuse(target.PathAndQuery, "in the path or query");
        using HttpRequestMessage request = await MakeAsync(here, isWebSocket).ConfigureAwait(false);
        // Of the client it was begun with: a change of the rules may put another in place.
        UpstreamClient upstream = inspector.Upstream;
        try
        {
            using HttpResponseMessage response = await upstream.SendAsync(request, exchange.Closing).ConfigureAwait(false);
            exchange.Open.Address ??= upstream.Dialled(target.Host, target.Port);
            if (isWebSocket && response.StatusCode == HttpStatusCode.SwitchingProtocols)
                await new UpgradeRelay(context, exchange, _use).RunAsync(response).ConfigureAwait(false);
            else
                await new ResponseCopier(context, exchange, _use).CopyAsync(response).ConfigureAwait(false);
        }
        catch (Exception) when (request.Content is RequestBody { Fault: { } fault })
        {
            throw new HttpRequestException("The request's body could not be passed on.", fault);
        }
    }

    private async Task<HttpRequestMessage> MakeAsync(IReadOnlyList<SecretValue> here, bool isWebSocket)
    {
        HttpRequest from = context.Request;
        bool isTwo = HttpProtocol.IsHttp2(from.Protocol);
        var request = new HttpRequestMessage(new HttpMethod(from.Method), target.Uri)
        {
            Version = isTwo ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = isTwo ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionExact,
        };
        request.Options.Set(UpstreamClient.ExchangeKey, exchange);
        // Headers first: what is wrong with them is said before a body is read.
        List<KeyValuePair<string, string[]>> headers = Headers(here, out int size);
        request.Content = await BodyReader.ReadAsync(context, exchange, _secrets, here, _use).ConfigureAwait(false);
        if (request.Content is null && headers.Exists(static header => IsContentHeader(header.Key)))
            request.Content = new RequestBody(default, null, 0, exchange, null);
        foreach ((string name, string[] values) in headers)
        {
            if (_use.IsAny && name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!request.Headers.TryAddWithoutValidation(name, values))
                request.Content?.Headers.TryAddWithoutValidation(name, values);
        }

        if (_use.IsAny)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (isTwo && from.Headers.TE.ToString().Equals("trailers", StringComparison.OrdinalIgnoreCase))
            request.Headers.TryAddWithoutValidation("TE", "trailers");
        if (from.Headers.Expect.ToString().Equals("100-continue", StringComparison.OrdinalIgnoreCase))
            request.Headers.ExpectContinue = true;
        if (isWebSocket)
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        }

        if (from.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true
            && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        await exchange.SpendOutAsync(size + from.Method.Length + target.PathAndQuery.Length + LineOverhead).ConfigureAwait(false);
        return request;
    }

    private List<KeyValuePair<string, string[]>> Headers(IReadOnlyList<SecretValue> here, out int size)
    {
        var headers = new List<KeyValuePair<string, string[]>>();
        IReadOnlySet<string> named = HopHeaders.Named(context.Request.Headers.Connection);
        size = 0;
        foreach ((string name, StringValues lines) in context.Request.Headers)
        {
            if (HopHeaders.EndsRequest(name, named))
                continue;
            _secrets.Refuse(name, "in the name of a header");
            string[] values = new string[lines.Count];
            for (int index = 0; index < values.Length; index++)
            {
                values[index] = _secrets.Header(here, name, lines[index] ?? "", _use);
                size += name.Length + values[index].Length + LineOverhead;
            }

            headers.Add(new KeyValuePair<string, string[]>(name, values));
        }

        return headers;
    }

    // Those that HttpRequestHeaders does not take.
    private static bool IsContentHeader(string name) => name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Allow", StringComparison.OrdinalIgnoreCase) || name.Equals("Expires", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Last-Modified", StringComparison.OrdinalIgnoreCase);
}
