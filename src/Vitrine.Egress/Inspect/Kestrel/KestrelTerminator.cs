using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>
/// Kestrel without a host: no port is opened, no configuration or variable read, nothing logged. Connections come from the gateway, TLS
/// is ended
/// before they are handed over, and every bound that Kestrel knows is set here.
/// </summary>
internal sealed class KestrelTerminator : ITerminator
{
    // Kestrel looks once a second, and takes no grace as short as that.
    private static readonly TimeSpan s_shortestGrace = TimeSpan.FromSeconds(2);

    private readonly KestrelServer _server;
    private readonly ConnectionQueue _queue;
    private readonly EgressGatewayOptions _options;

    private KestrelTerminator(KestrelServer server, ConnectionQueue queue, EgressGatewayOptions options)
    {
        _server = server;
        _queue = queue;
        _options = options;
    }

    public static async Task<ITerminator> StartAsync(EgressGatewayOptions options)
    {
        var queue = new ConnectionQueue();
        var server = new KestrelServer(Options.Create(Bounds(options)), queue, NullLoggerFactory.Instance);
        await server.StartAsync(new RequestApplication(), CancellationToken.None).ConfigureAwait(false);
        return new KestrelTerminator(server, queue, options);
    }

    /// <inheritdoc/>
    public async Task ServeAsync(InspectedConnection connection, SessionInspector inspector, CancellationToken cancellationToken)
    {
        if (!connection.IsTls)
        {
            await ServeAsync(connection, inspector, null, cancellationToken).ConfigureAwait(false);
            return;
        }

        TlsEnd tls = await TlsEnd.OpenAsync(connection, inspector, _options, cancellationToken).ConfigureAwait(false);
        await using (tls.ConfigureAwait(false))
            await ServeAsync(connection, inspector, tls, cancellationToken).ConfigureAwait(false);
    }

    private async Task ServeAsync(
        InspectedConnection connection, SessionInspector inspector, TlsEnd? tls, CancellationToken cancellationToken)
    {
        var terminated = new TerminatedConnection(connection, inspector, tls);
        await using (terminated.ConfigureAwait(false))
            await terminated.RunAsync(_queue, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await _server.StopAsync(now.Token).ConfigureAwait(false);
        _server.Dispose();
    }

    private static KestrelServerOptions Bounds(EgressGatewayOptions gateway)
    {
        // A line ends with CRLF. Read when the server is made, and by any other Kestrel of this process, which it does no harm.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        var options = new KestrelServerOptions
        {
            ApplicationServices = NoServices.Instance,
            AddServerHeader = false,
            AllowSynchronousIO = false,
            AllowHostHeaderOverride = false,
            AllowAlternateSchemes = false,
            // Bytes stay what they are: each is one character and back.
            RequestHeaderEncodingSelector = static _ => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };
        KestrelServerLimits limits = options.Limits;
        limits.MaxConcurrentConnections = 8192;
        limits.MaxConcurrentUpgradedConnections = 8192;
        limits.MaxRequestLineSize = RequestTarget.MaxLength + 64;
        limits.MaxRequestHeadersTotalSize = 64 * 1024;
        limits.MaxRequestHeaderCount = 128;
        // Budgets and rates are the rules' matter; a body is never held.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestBufferSize = 64 * 1024;
        limits.MaxResponseBufferSize = 64 * 1024;
        limits.RequestHeadersTimeout = gateway.HelloTimeout;
        limits.KeepAliveTimeout = gateway.StallTimeout;
        // A program that is stopped for a while is not an attack, one that trickles for longer is.
        TimeSpan grace = gateway.StallTimeout > s_shortestGrace ? gateway.StallTimeout : s_shortestGrace;
        limits.MinRequestBodyDataRate = new MinDataRate(64, grace);
        limits.MinResponseDataRate = new MinDataRate(64, grace);
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.InitialConnectionWindowSize = 128 * 1024;
        limits.Http2.InitialStreamWindowSize = 96 * 1024;
        limits.Http2.MaxRequestHeaderFieldSize = 32 * 1024;
        options.Listen(new InsideEndPoint(), static listen => listen.Protocols = HttpProtocols.Http1AndHttp2);
        return options;
    }

    /// <summary>Where Kestrel believes to listen.</summary>
    private sealed class InsideEndPoint : EndPoint
    {
        public override string ToString() => "inside";
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
