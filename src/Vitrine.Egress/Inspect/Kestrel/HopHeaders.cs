using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>Headers that are about one connection and end there (RFC 9110 section 7.6.1), and those the gateway writes itself.</summary>
internal static class HopHeaders
{
    private static readonly FrozenSet<string> s_names = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "Proxy-Authentication-Info", "TE",
        "Transfer-Encoding", "Upgrade", "HTTP2-Settings", "Alt-Svc", "Alt-Used",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> s_ofRequests = new[] { "Host", "Content-Length", "Expect", "Trailer" }
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a request's header ends here.</summary>
    /// <param name="name">The header.</param>
    /// <param name="named">Names that its Connection header lists.</param>
    public static bool EndsRequest(string name, IReadOnlySet<string> named) =>
        name.StartsWith(':') || s_names.Contains(name) || s_ofRequests.Contains(name) || named.Contains(name);

    /// <summary>Whether a response's header ends here.</summary>
    public static bool EndsResponse(string name, IReadOnlySet<string> named) => s_names.Contains(name) || named.Contains(name);

    /// <summary>What a Connection header lists.</summary>
    public static IReadOnlySet<string> Named(IEnumerable<string?> connection)
    {
        HashSet<string>? names = null;
        foreach (string? line in connection)
        {
            foreach (string name in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                (names ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase)).Add(name);
        }

        return names ?? (IReadOnlySet<string>)FrozenSet<string>.Empty;
    }

    /// <summary>Whether a request asks to change the protocol, and to what: `websocket`, or null.</summary>
    /// <exception cref="RequestRefusedException">400: to anything else.</exception>
    public static bool AsksForWebSocket(HttpRequest request)
    {
        if (StringValues.IsNullOrEmpty(request.Headers.Upgrade))
            return false;
        if (request.Headers.Upgrade.Count == 1 && string.Equals(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase)
            && HttpMethods.IsGet(request.Method) && Named(request.Headers.Connection).Contains("Upgrade"))
            return true;
        throw new RequestRefusedException(400, new Refusal(InspectCodes.Request,
            "the request asks for another protocol on its connection; of these only WebSocket passes", null,
            "Ask without the Upgrade header"));
    }
}
