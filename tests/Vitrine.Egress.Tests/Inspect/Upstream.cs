using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>A real server outside, on loopback, by TLS and without, HTTP/1.1 and HTTP/2; a test says what it does.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _server;

    private Upstream(WebApplication server, Func<HttpContext, Task> handle)
    {
        _server = server;
        server.UseWebSockets();
        server.Run(async context =>
        {
            Seen.Enqueue(new SeenRequest(
                context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget, context.Request.Host.Value ?? "",
                context.Request.Protocol, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            await handle(context);
        });
    }

    public ushort TlsPort { get; private set; }

    public ushort PlainPort { get; private set; }

    /// <summary>What reached it.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = [];

    public static async Task<Upstream> StartAsync(X509Certificate2 certificate, Func<HttpContext, Task> handle)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate).Protocols = HttpProtocols.Http1AndHttp2);
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication server = builder.Build();
        var upstream = new Upstream(server, handle);
        await server.StartAsync();
        upstream.TlsPort = (ushort)new Uri(server.Urls.First()).Port;
        upstream.PlainPort = (ushort)new Uri(server.Urls.Last()).Port;
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await _server.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Requests were in flight.
        }

        await _server.DisposeAsync();
    }
}

/// <summary>A request as the server outside read it.</summary>
internal sealed record SeenRequest(string Method, string Target, string Host, string Protocol, IReadOnlyDictionary<string, string> Headers);
