using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Egress.Tls;

namespace Vitrine.Egress.Tests.Tls;

public sealed class SandboxAuthorityTests : IDisposable
{
    private readonly SteppedTime _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SandboxAuthority _authority;

    public SandboxAuthorityTests() => _authority = new SandboxAuthority("box-1", _time);

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Certificate_OfASandbox_IsAnAuthorityThatMakesNoOther()
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(_authority.Certificate);
        X509BasicConstraintsExtension constraints = Assert.Single(certificate.Extensions.OfType<X509BasicConstraintsExtension>());
        Assert.True(constraints.CertificateAuthority && constraints.HasPathLengthConstraint && constraints.Critical);
        Assert.Equal(0, constraints.PathLengthConstraint);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign, Assert.Single(certificate.Extensions.OfType<X509KeyUsageExtension>()).KeyUsages);
        Assert.Equal("256", certificate.GetECDsaPublicKey()!.KeySize.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(certificate.HasPrivateKey);
    }

    [Fact]
    public void Leaf_OfAName_ChainsToTheAuthorityForThatNameAlone()
    {
        X509Certificate2 leaf = _authority.Leaf("api.example.org").TargetCertificate;
        using X509Certificate2 root = X509CertificateLoader.LoadCertificate(_authority.Certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().DateTime;
        Assert.True(chain.Build(leaf), string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation)));
        Assert.True(leaf.MatchesHostname("api.example.org"));
        Assert.False(leaf.MatchesHostname("example.org"));
        Assert.False(leaf.MatchesHostname("b.api.example.org"));
        Assert.True(leaf.NotAfter.ToUniversalTime() <= _time.GetUtcNow().DateTime + TimeSpan.FromDays(3));
    }

    [Fact]
    public void Leaf_OfALongName_IsMade()
    {
        string name = string.Join('.', Enumerable.Repeat(new string('a', 60), 4));
        Assert.True(_authority.Leaf(name).TargetCertificate.MatchesHostname(name));
    }

    [Fact]
    public void Leaf_AskedTwice_IsTheSame() => Assert.Same(_authority.Leaf("a.example.org"), _authority.Leaf("a.example.org"));

    [Fact]
    public void Leaf_OfAThousandNames_KeepsNoMoreThanItMay()
    {
        SslStreamCertificateContext first = _authority.Leaf("name-0.example.org");
        for (int index = 0; index < 1000; index++)
        {
            _ = _authority.Leaf($"name-{index}.example.org");
            Assert.Same(first, _authority.Leaf("name-0.example.org"));
        }

        Assert.Equal(128, _authority.Leaves);
    }

    [Fact]
    public void Leaf_HalfItsLifeLater_IsAFreshOne()
    {
        SslStreamCertificateContext first = _authority.Leaf("a.example.org");
        _time.Advance(TimeSpan.FromHours(37));
        SslStreamCertificateContext second = _authority.Leaf("a.example.org");
        Assert.NotSame(first, second);
        Assert.True(second.TargetCertificate.NotAfter > first.TargetCertificate.NotAfter);
        Assert.Equal(1, _authority.Leaves);
    }

    [Fact]
    public void Leaf_ManyAtOnce_MakesOneForEachName()
    {
        var made = new System.Collections.Concurrent.ConcurrentBag<SslStreamCertificateContext>();
        Parallel.For(0, 64, index => made.Add(_authority.Leaf($"name-{index % 4}.example.org")));
        Assert.Equal(4, made.Distinct().Count());
    }

    [Fact]
    public void Leaf_AfterTheSandbox_IsNone()
    {
        using var authority = new SandboxAuthority("box-2", _time);
        authority.Dispose();
        Assert.Throws<ObjectDisposedException>(() => authority.Leaf("a.example.org"));
    }

    [Fact]
    public void Leaf_OfAnotherSandbox_IsNotTrusted()
    {
        using var other = new SandboxAuthority("box-1", _time);
        using X509Certificate2 root = X509CertificateLoader.LoadCertificate(_authority.Certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().DateTime;
        Assert.False(chain.Build(other.Leaf("api.example.org").TargetCertificate));
    }
}
