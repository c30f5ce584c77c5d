using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>The end of a program's TLS, and what Kestrel asks about it.</summary>
internal sealed class TlsEnd : ITlsConnectionFeature, ITlsHandshakeFeature, ITlsApplicationProtocolFeature, IAsyncDisposable
{
    private static readonly List<SslApplicationProtocol> s_protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private TlsEnd(SslStream stream) => Stream = stream;

    /// <summary>The bytes within.</summary>
    public SslStream Stream { get; }

    public X509Certificate2? ClientCertificate
    {
        get => null;
        set => throw new NotSupportedException();
    }

    public SslProtocols Protocol => Stream.SslProtocol;

    public TlsCipherSuite? NegotiatedCipherSuite => Stream.NegotiatedCipherSuite;

    public string HostName => Stream.TargetHostName;

    public ReadOnlyMemory<byte> ApplicationProtocol => Stream.NegotiatedApplicationProtocol.Protocol;

#pragma warning disable SYSLIB0058 // The interface has them; nobody asks.
    public CipherAlgorithmType CipherAlgorithm => CipherAlgorithmType.None;

    public int CipherStrength => 0;

    public HashAlgorithmType HashAlgorithm => HashAlgorithmType.None;

    public int HashStrength => 0;

    public ExchangeAlgorithmType KeyExchangeAlgorithm => ExchangeAlgorithmType.None;

    public int KeyExchangeStrength => 0;
#pragma warning restore SYSLIB0058

    /// <summary>
    /// Answers a ClientHello with the leaf of the connection's name, if that is the name it asks for and a rule has it inspected.
    /// </summary>
    /// <exception cref="EgressRefusedException">It asks for another name or none, is too slow, or is no ClientHello.</exception>
    public static async Task<TlsEnd> OpenAsync(
        InspectedConnection connection, SessionInspector inspector, EgressGatewayOptions options, CancellationToken cancellationToken)
    {
        var stream = new SslStream(connection.Stream, leaveInnerStreamOpen: true);
        string? asked = null;
        using var deadline = new CancellationTokenSource(options.HelloTimeout, options.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await stream.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    asked = hello.ServerName;
                    return ValueTask.FromResult(Settings(connection, inspector, asked));
                }, null, stop.Token).ConfigureAwait(false);
            return new TlsEnd(stream);
        }
        catch (Exception error)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            Refusal refusal = deadline.IsCancellationRequested
                ? new Refusal(RefusalCodes.HelloTimeout, $"the TLS handshake took longer than {options.HelloTimeout.TotalSeconds:0} s")
                : (error as EgressRefusedException ?? error.InnerException as EgressRefusedException)?.Refusal ?? Failed(connection, asked);
            throw new EgressRefusedException(refusal);
        }
    }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
        Task.FromResult<X509Certificate2?>(null);

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private static SslServerAuthenticationOptions Settings(InspectedConnection connection, SessionInspector inspector, string asked)
    {
        if (asked.Length == 0)
            throw new EgressRefusedException(new Refusal(RefusalCodes.ServerNameMissing, "the ClientHello names no server"));
        if (!asked.Equals(connection.Name, StringComparison.OrdinalIgnoreCase))
            throw new EgressRefusedException(new Refusal(
                RefusalCodes.ServerNameDiffers, $"the ClientHello is for another server than {connection.Name}"));
        EgressVerdict verdict = connection.Session.Judge(connection.Name, connection.Port);
        if (!verdict.Allowed)
            throw new EgressRefusedException(Refusal.From(verdict));
        if (!EgressSession.IsInspected(verdict.Rule!))
            throw new EgressRefusedException(
                new Refusal(RefusalCodes.NotInspected, $"{verdict.Rule!.Id} has nothing looked into", verdict.Rule.Id));
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = inspector.Authority.Leaf(connection.Name),
            ApplicationProtocols = s_protocols,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateRequired = false,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
    }

    private static Refusal Failed(InspectedConnection connection, string? asked) => asked is null
        ? new Refusal(RefusalCodes.Protocol, $"what came for {connection.Name}:{connection.Port} is no ClientHello")
        : new Refusal(RefusalCodes.Protocol,
            $"the TLS handshake for {connection.Name}:{connection.Port} failed: the program may not trust the sandbox's authority", null,
            $"Have the program read {Tls.TrustFiles.Bundle}");
}
