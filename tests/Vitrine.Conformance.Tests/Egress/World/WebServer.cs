using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Vitrine.Conformance.Tests.Egress.World;

/// <summary>A request that a server of the outside took.</summary>
/// <param name="Address">The address it came to.</param>
/// <param name="Port">The port it came to.</param>
/// <param name="Protocol">`HTTP/1.1`, `HTTP/2`.</param>
/// <param name="Method">Its method.</param>
/// <param name="Host">Host or `:authority`, as sent.</param>
/// <param name="Target">Path and query, as sent.</param>
/// <param name="Headers">Names and values.</param>
internal sealed record SeenRequest(
    IPAddress Address, int Port, string Protocol, string Method, string Host, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public override string ToString() => $"{Protocol} {Method} {Host} {Target} at {Address}:{Port}";
}

/// <summary>
/// The web servers of the outside in one: ports 80 and 8080 without TLS, 443 and 8443 with it, at every address, with a certificate for whatever name the
/// client asks for. It keeps every request it takes. Files go by host and path; other paths are handlers of <see cref="WebHandlers"/>.
/// </summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<SeenRequest> _seen = [];
    private readonly ConcurrentDictionary<string, (byte[] Bytes, string Type)> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RequestDelegate> _hosts = new(StringComparer.OrdinalIgnoreCase);

    private WebServer(NetworkHolder outside, TestAuthority authority)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(options => options.CreateBoundListenSocket = end => outside.Listen((IPEndPoint)end));
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            foreach (int port in (int[])[80, 8080])
                options.Listen(IPAddress.Any, port, listen => listen.Protocols = HttpProtocols.Http1);
            foreach (int port in (int[])[443, 8443])
                options.Listen(IPAddress.Any, port, listen => listen.UseHttps(Secure(authority)));
        });
        _application = builder.Build();
        _application.UseWebSockets();
        _application.Run(HandleAsync);
    }

    /// <summary>Every request so far.</summary>
    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    public static async Task<WebServer> StartAsync(NetworkHolder outside, TestAuthority authority)
    {
        var server = new WebServer(outside, authority);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Serves bytes at a path of one host.</summary>
    public void Serve(string host, string path, byte[] bytes, string type = "application/octet-stream") => _files[host + path] = (bytes, type);

    /// <summary>Gives all paths of a host, but its files, to a handler.</summary>
    public void Serve(string host, RequestDelegate handler) => _hosts[host] = handler;

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try
        {
            await _application.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Connections that a test left open.
        }

        await _application.DisposeAsync();
    }

    private static TlsHandshakeCallbackOptions Secure(TestAuthority authority) => new()
    {
        OnConnection = context =>
        {
            string name = context.ClientHelloInfo.ServerName is { Length: > 0 } asked ? asked : ((IPEndPoint)context.Connection.LocalEndPoint!).Address.ToString();
            bool expired = name.StartsWith("expired.", StringComparison.Ordinal);
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificate = expired ? authority.Expired(name) : authority.For(name.StartsWith("wrong.", StringComparison.Ordinal) ? "another.example" : name),
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            });
        },
    };

    private async Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        Dictionary<string, string> headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        string target = request.Path.Value + request.QueryString.Value;
        _seen.Enqueue(new SeenRequest(
            context.Connection.LocalIpAddress!, context.Connection.LocalPort, request.Protocol, request.Method, request.Host.Value ?? "", target, headers));
        context.Response.Headers["X-Served-At"] = context.Connection.LocalIpAddress!.ToString();
        if (_files.TryGetValue(request.Host.Host + request.Path.Value, out (byte[] Bytes, string Type) file))
        {
            context.Response.ContentType = file.Type;
            context.Response.ContentLength = file.Bytes.Length;
            if (!HttpMethods.IsHead(request.Method))
                await context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted);
        }
        else if (_hosts.TryGetValue(request.Host.Host, out RequestDelegate? handler))
        {
            await handler(context);
        }
        else
        {
            await WebHandlers.HandleAsync(context, JsonSerializer.Serialize(new
            {
                method = request.Method,
                host = request.Host.Value,
                target,
                protocol = request.Protocol,
                headers,
            }));
        }
    }
}
