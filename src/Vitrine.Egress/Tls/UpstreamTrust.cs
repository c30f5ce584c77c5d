using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Egress.Tls;

/// <summary>
/// How the gateway judges the certificate of a server outside: a chain to the host's roots or the plan's authorities, and the name.
/// </summary>
internal sealed class UpstreamTrust
{
    private readonly X509Certificate2Collection _roots;

    /// <param name="authorities">The plan's authorities; none means the host's own store alone.</param>
    public UpstreamTrust(RootFile authorities)
    {
        _roots = [];
        if (authorities.Certificates.Count == 0)
            return;
        _roots.AddRange(authorities.Certificates);
        _roots.AddRange(HostStore.Read().Certificates);
    }

    /// <summary>
    /// Settings for connections; whoever connects sets name and protocols. What the stack finds wrong (chain, name, dates) ends the
    /// handshake; no
    /// callback can overrule it.
    /// </summary>
    public SslClientAuthenticationOptions Options()
    {
        var policy = new X509ChainPolicy
        {
            // A revocation that this host knows of counts. No responder is asked and no list fetched: that would be a way out of its
            // own, and a wait.
            RevocationMode = X509RevocationMode.Offline,
            DisableCertificateDownloads = true,
            VerificationFlags = X509VerificationFlags.IgnoreEndRevocationUnknown | X509VerificationFlags.IgnoreRootRevocationUnknown
                | X509VerificationFlags.IgnoreCertificateAuthorityRevocationUnknown,
        };
        policy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        if (_roots.Count > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_roots);
        }

        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
        };
    }
}
