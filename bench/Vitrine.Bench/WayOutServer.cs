using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Vitrine.Bench;

/// <summary>A web server on loopback, with and without TLS: `/gibibyte` is one, everything else is a few bytes.</summary>
internal sealed class WayOutServer : IAsyncDisposable
{
    private static readonly byte[] s_block = new byte[256 * 1024];

    private readonly WebApplication _application;

    private WayOutServer(WebApplication application, string authorityFile)
    {
        _application = application;
        AuthorityFile = authorityFile;
        ushort[] ports = [.. application.Urls.Select(url => (ushort)new Uri(url).Port)];
        (PlainPort, SecurePort) = (ports[0], ports[1]);
    }

    /// <summary>Port without TLS.</summary>
    public ushort PlainPort { get; }

    /// <summary>Port with TLS.</summary>
    public ushort SecurePort { get; }

    /// <summary>PEM file of the authority of its certificate, which is itself.</summary>
    public string AuthorityFile { get; }

    /// <summary>Starts it.</summary>
    /// <param name="directory">Where the PEM file goes.</param>
    public static async Task<WayOutServer> StartAsync(string directory)
    {
        X509Certificate2 certificate = Certificate();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, 0);
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        WebApplication application = builder.Build();
        application.Run(AnswerAsync);
        await application.StartAsync();
        string file = Path.Combine(directory, "wayout.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem() + "\n");
        return new WayOutServer(application, file);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != "/gibibyte")
        {
            await context.Response.WriteAsync("small\n");
            return;
        }

        context.Response.ContentLength = 1L << 30;
        for (long sent = 0; sent < 1L << 30; sent += s_block.Length)
            await context.Response.Body.WriteAsync(s_block, context.RequestAborted);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }
}
