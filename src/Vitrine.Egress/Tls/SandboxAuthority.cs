using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Egress.Tls;

/// <summary>
/// The certificate authority of one sandbox, by which the gateway answers inside for hosts whose requests it judges. Its key is made
/// here, is in
/// memory only and is gone with the sandbox; nobody outside that sandbox trusts it.
/// </summary>
/// <remarks>
/// It carries no name constraints (RFC 5280 section 4.2.1.10): rules of a running sandbox can change, its copy of this certificate
/// cannot. What
/// may be named is asked for each leaf instead.
/// </remarks>
public sealed class SandboxAuthority : IDisposable
{
    /// <summary>How long the authority is good for; a sandbox that lives longer needs a new one.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(397);

    /// <summary>How long a leaf is good for.</summary>
    internal static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(3);

    // Clocks of a virtual machine may be behind the host's.
    private static readonly TimeSpan s_skew = TimeSpan.FromHours(1);

    private readonly TimeProvider _time;
    private readonly ECDsa _key;
    private readonly X509Certificate2 _certificate;
    private readonly LeafCache _leaves;

    /// <summary>Makes an authority.</summary>
    /// <param name="sandboxId">Stands in its subject, cut at 48 characters.</param>
    /// <param name="time">Gives the time the certificates are good from.</param>
    /// <param name="leaves">Leaves kept at once, 1 or more; of more names the longest unused goes and is made anew when asked for.
    /// Default 128.</param>
    public SandboxAuthority(string sandboxId, TimeProvider time, int leaves = 128)
    {
        _time = time;
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _leaves = new LeafCache(leaves);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName("Vitrine");
        subject.AddCommonName("Vitrine sandbox " + (sandboxId.Length <= 48 ? sandboxId : sandboxId[..48]));
        var request = new CertificateRequest(subject.Build(), _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = time.GetUtcNow();
        _certificate = request.CreateSelfSigned(now - s_skew, now + Lifetime);
    }

    /// <summary>The authority's certificate, DER; it holds no key.</summary>
    public byte[] Certificate => _certificate.RawData;

    /// <summary>Leaves held now.</summary>
    internal int Leaves => _leaves.Count;

    /// <summary>
    /// The certificate for a name, from the cache or made now (about 0.3 ms). The caller has made sure that a rule which inspects covers
    /// the name.
    /// </summary>
    /// <param name="name">Lower-case ASCII name, the leaf's one subject alternative name.</param>
    /// <exception cref="ObjectDisposedException">The sandbox is gone.</exception>
    internal SslStreamCertificateContext Leaf(string name)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return _leaves.Get(name, now, () => Make(name, now));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _leaves.Dispose();
        _certificate.Dispose();
        _key.Dispose();
    }

    private Leaf Make(string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // No subject: a common name ends at 64 characters, and clients read the alternative name alone (RFC 9525).
        var request = new CertificateRequest(new X500DistinguishedName([0x30, 0x00]), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build(critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] = (byte)(serial[0] & 0x7f | 0x40);
        DateTimeOffset end = now + LeafLifetime;
        var last = new DateTimeOffset(_certificate.NotAfter);
        using X509Certificate2 signed = request.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now - s_skew, end < last ? end : last, serial);
        X509Certificate2 leaf = signed.CopyWithPrivateKey(key);
        // Offline: nothing is fetched to complete a chain that has one link.
        return new Leaf(SslStreamCertificateContext.Create(leaf, null, offline: true), leaf, now + LeafLifetime / 2);
    }
}
