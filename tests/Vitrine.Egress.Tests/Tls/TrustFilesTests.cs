using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vitrine.Egress.Tls;

namespace Vitrine.Egress.Tests.Tls;

public sealed class TrustFilesTests : IDisposable
{
    private readonly SandboxAuthority _authority = new("box-1", TimeProvider.System);

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Files_NothingInspectedAndNoAuthorities_AreNone()
    {
        Assert.Empty(TrustFiles.Files(RootFile.Empty, null));
        Assert.Empty(TrustFiles.Variables(RootFile.Empty, null));
    }

    [Fact]
    public void Files_OfAnInspectedSandbox_HoldTheHostsRootsThePlansAndItsOwn()
    {
        RootFile plan = RootFile.Of([Root("Plan")]);
        IReadOnlyList<EgressFile> files = TrustFiles.Files(plan, _authority);
        X509Certificate2Collection bundle = Read(files, TrustFiles.Bundle);
        Assert.Equal(HostStore.Read().Certificates.Count + 2, bundle.Count);
        Assert.Contains(bundle, root => root.RawData.AsSpan().SequenceEqual(plan.Certificates[0].RawData));
        Assert.Contains(bundle, root => root.RawData.AsSpan().SequenceEqual(_authority.Certificate));
        Assert.Equal(_authority.Certificate, Assert.Single(Read(files, TrustFiles.Authority)).RawData);
        Assert.Equal(bundle.Count, Read(files, TrustFiles.SystemBundle).Count);
        Assert.DoesNotContain("PRIVATE", Encoding.ASCII.GetString(files[0].Content.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_AuthoritiesWithoutInspection_HoldNoAuthorityOfTheSandbox()
    {
        RootFile plan = RootFile.Of([Root("Plan")]);
        IReadOnlyList<EgressFile> files = TrustFiles.Files(plan, null);
        Assert.DoesNotContain(files, file => file.Path == TrustFiles.Authority);
        Assert.Equal(HostStore.Read().Certificates.Count + 1, Read(files, TrustFiles.Bundle).Count);
        Assert.Equal(TrustFiles.Bundle, TrustFiles.Variables(plan, null)["NODE_EXTRA_CA_CERTS"]);
    }

    [Fact]
    public void Variables_OfAnInspectedSandbox_NameFilesThatAreThere()
    {
        IReadOnlyList<EgressFile> files = TrustFiles.Files(RootFile.Empty, _authority);
        IReadOnlyDictionary<string, string> variables = TrustFiles.Variables(RootFile.Empty, _authority);
        Assert.All(variables, variable => Assert.Contains(files, file => variable.Value.EndsWith(file.Path, StringComparison.Ordinal)));
        Assert.Equal(TrustFiles.Authority, variables["NODE_EXTRA_CA_CERTS"]);
    }

    [Fact]
    public void JavaKeyStore_Written_HasItsEntriesAndDigest()
    {
        byte[] store = JavaKeyStore.Write([_authority.Certificate]);
        Assert.Equal([0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2], store[..16]);
        Assert.True(store.AsSpan().IndexOf(_authority.Certificate) > 0);
#pragma warning disable CA5350 // The format says SHA-1.
        byte[] digest = SHA1.HashData([.. Encoding.BigEndianUnicode.GetBytes("changeit"), .. "Mighty Aphrodite"u8, .. store[..^20]]);
#pragma warning restore CA5350
        Assert.Equal(digest, store[^20..]);
    }

    [Fact]
    public void Read_WhatIsNoFileOfAuthorities_SaysWhich()
    {
        string path = Path.GetTempFileName();
        try
        {
            Assert.Contains(path, Assert.Throws<EgressException>(() => RootFile.Read(path)).Message, StringComparison.Ordinal);
            Assert.Contains("/nowhere.pem", Assert.Throws<EgressException>(() => RootFile.Read("/nowhere.pem")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static X509Certificate2Collection Read(IReadOnlyList<EgressFile> files, string path)
    {
        var read = new X509Certificate2Collection();
        read.ImportFromPem(Encoding.ASCII.GetString(files.Single(file => file.Path == path).Content.Span));
        return read;
    }

    private static X509Certificate2 Root(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }
}
