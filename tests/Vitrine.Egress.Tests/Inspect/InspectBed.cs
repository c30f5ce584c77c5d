using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vitrine.Audit.Events;
using Vitrine.Egress.Secrets;
using Vitrine.Egress.Tests.Support;
using Vitrine.Egress.Tls;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>
/// A server outside, a session whose rules have its requests judged, and clients inside. The server is `api.test` by TLS and `plain.test`
/// without.
/// </summary>
internal sealed class InspectBed : IAsyncDisposable
{
    private readonly TestAuthority _authority;

    private InspectBed(TestAuthority authority, Upstream upstream, World world)
    {
        _authority = authority;
        Upstream = upstream;
        World = world;
        foreach (string name in (string[])["api.test", "plain.test", "other.test"])
            world.Names.Records[name] = ["127.0.0.1"];
        string file = Encoding.ASCII.GetString(world.Session.Files.Single(file => file.Path == TrustFiles.Authority).Content.Span);
        Root = X509Certificate2.CreateFromPem(file);
    }

    public Upstream Upstream { get; }

    public World World { get; }

    /// <summary>The sandbox's authority, as programs inside have it.</summary>
    public X509Certificate2 Root { get; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"https://api.test:{Upstream.TlsPort}");

    public string Host => string.Create(CultureInfo.InvariantCulture, $"api.test:{Upstream.TlsPort}");

    public string PlainHost => string.Create(CultureInfo.InvariantCulture, $"plain.test:{Upstream.PlainPort}");

    public static async Task<InspectBed> OpenAsync(
        Func<HttpContext, Task> handle, Func<EgressRule, EgressRule>? rule = null, EgressGatewayOptions? options = null,
        IReadOnlyList<SecretValue>? secrets = null, string certificateFor = "api.test", TimeSpan? certificateUntil = null, bool isTrusted = true)
    {
        var authority = new TestAuthority();
        Upstream upstream = await Upstream.StartAsync(authority.Certificate(certificateFor, certificateUntil), handle);
        rule ??= static made => made;
        var plan = new EgressPlan
        {
            Allow =
            [
                rule(World.Rule(upstream.TlsPort, EgressProtocol.Tls) with { Id = "api", Inspect = true }),
                rule(World.Rule(upstream.PlainPort, EgressProtocol.Http, "plain.test") with { Id = "plain" }),
            ],
            Authorities = isTrusted ? [authority.Path] : [],
            Secrets = [.. (secrets ?? []).Select(secret => secret.Plan)],
        };
        return new InspectBed(authority, upstream, World.Open(plan, options, secrets));
    }

    /// <summary>A client inside that trusts the sandbox's authority alone and knows no proxy.</summary>
    public HttpClient Client(Version? version = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Policy() },
            ConnectCallback = async (context, _) => (await World.ConnectAsync(context.DnsEndPoint.Host, (ushort)context.DnsEndPoint.Port)).Stream,
        };
        return new HttpClient(handler)
        {
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>A connection inside, TLS done.</summary>
    public async Task<SslStream> OpenTlsAsync(string? serverName = "api.test", params SslApplicationProtocol[] protocols)
    {
        InsideSocket socket = await World.ConnectAsync("api.test", Upstream.TlsPort);
        var tls = new SslStream(socket.Stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            ApplicationProtocols = [.. protocols],
            CertificateChainPolicy = Policy(),
        });
        return tls;
    }

    /// <summary>Sends bytes on a connection of their own and reads to the end.</summary>
    public async Task<string> RawAsync(string request, bool isProxy = false)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        if (!isProxy)
        {
            await using SslStream tls = await OpenTlsAsync();
            await tls.WriteAsync(bytes);
            return await ReadAsync(tls);
        }

        InsideSocket socket = await World.ConnectToProxyAsync(InsideNetwork.HttpProxyPort);
        await socket.Stream.WriteAsync(bytes);
        socket.Socket.Shutdown(SocketShutdown.Send);
        return await ReadAsync(socket.Stream);
    }

    /// <summary>The one request told of, once it is over.</summary>
    public async Task<EgressConnection> EndedAsync()
    {
        for (int round = 0; World.Log.Ended.Count == 0 && round < 500; round++)
            await Task.Delay(20);
        return Assert.Single(World.Log.Ended);
    }

    /// <summary>Reads to the end or a reset.</summary>
    public static async Task<string> ReadAsync(Stream stream)
    {
        using var read = new MemoryStream();
        try
        {
            await stream.CopyToAsync(read).WaitAsync(TimeSpan.FromSeconds(5));
        }
        catch (Exception error) when (error is IOException or TimeoutException)
        {
            // What came before the reset counts; of what is kept open, too.
        }

        return Encoding.Latin1.GetString(read.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await Upstream.DisposeAsync();
        _authority.Dispose();
        Root.Dispose();
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.CustomTrustStore.Add(Root);
        return policy;
    }
}
