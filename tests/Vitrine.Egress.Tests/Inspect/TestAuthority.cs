using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Egress.Tests.Inspect;

/// <summary>The authority of the servers outside, and its file.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Outside", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        _root = request.CreateSelfSigned(now.AddDays(-2), now.AddDays(2));
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllText(Path, _root.ExportCertificatePem());
    }

    public string Path { get; }

    /// <summary>A server's certificate.</summary>
    public X509Certificate2 Certificate(string name, TimeSpan? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 signed = request.Create(_root, now.AddDays(-1), now + (until ?? TimeSpan.FromDays(1)), RandomNumberGenerator.GetBytes(12));
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        File.Delete(Path);
        _root.Dispose();
    }
}
