using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Vitrine.Egress.Proxy;
using Vitrine.Egress.Tls;

namespace Vitrine.Egress.Inspect;

/// <summary>
/// Makes a sandbox's requests anew. It follows nothing, stores nothing, unpacks nothing, reads no variable; every connection is resolved,
/// judged
/// and dialled by the session, and its TLS verified here. Connections are pooled for this sandbox alone.
/// </summary>
internal sealed class UpstreamClient : IDisposable
{
    /// <summary>Bytes of one HTTP/2 response that may wait here. Fixed: the window would otherwise grow to 16 MiB for each.</summary>
    public const int StreamWindow = 256 * 1024;

    /// <summary>The exchange a request belongs to.</summary>
    public static readonly HttpRequestOptionsKey<Exchange> ExchangeKey = new("exchange");

    private readonly EgressSession _session;
    private readonly HttpMessageInvoker _client;
    private readonly ConcurrentDictionary<(string Host, int Port), string> _dialled = [];

    static UpstreamClient() => AppContext.SetSwitch("System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing", true);

    public UpstreamClient(EgressSession session, UpstreamTrust trust)
    {
        _session = session;
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            PreAuthenticate = false,
            ConnectTimeout = session.Options.DialTimeout + session.Options.ResolveTimeout + session.Options.HelloTimeout,
            Expect100ContinueTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 192,
            MaxResponseHeadersLength = 64,
            MaxResponseDrainSize = 64 * 1024,
            InitialHttp2StreamWindowSize = StreamWindow,
            EnableMultipleHttp2Connections = true,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            SslOptions = trust.Options(),
            ConnectCallback = ConnectAsync,
        }, disposeHandler: true);
    }

    /// <summary>Sends a request and gives the response once its headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _client.SendAsync(request, cancellationToken);

    /// <summary>The address last dialled for a host; null before.</summary>
    public string? Dialled(string host, int port) => _dialled.GetValueOrDefault((host, port));

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // Begun for this request; another may come to use it. Both are for this name and port, and so by the same rule.
        if (!context.InitialRequestMessage.Options.TryGetValue(ExchangeKey, out Exchange? exchange))
            throw new InvalidOperationException("A request without its exchange.");
        DnsEndPoint to = context.DnsEndPoint;
        OutsideConnection connection = await _session.DialAsync(to.Host, (ushort)to.Port, exchange.Rule, cancellationToken)
            .ConfigureAwait(false);
        _dialled[(to.Host, to.Port)] = connection.Shown;
        exchange.Open.Address = connection.Shown;
        try
        {
            return connection.OpenStream();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
