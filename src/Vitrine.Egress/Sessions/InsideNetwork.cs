namespace Vitrine.Egress;

/// <summary>
/// Addresses that mean something inside a sandbox with a way out. All are of 198.18.0.0/15, which is set aside for tests of networks
/// (RFC 2544) and never a real host's.
/// </summary>
public static class InsideNetwork
{
    /// <summary>198.18.0.1, the one address on lo besides 127.0.0.1: the gateway as seen from inside.</summary>
    public const uint Gateway = 0xC6120001;

    /// <summary>Port of the DNS stub at <see cref="Gateway"/>, UDP and TCP.</summary>
    public const ushort DnsPort = 53;

    /// <summary>Port of the HTTP proxy at <see cref="Gateway"/>.</summary>
    public const ushort HttpProxyPort = 3128;

    /// <summary>Port of the SOCKS5 proxy at <see cref="Gateway"/>.</summary>
    public const ushort SocksPort = 1080;

    /// <summary>198.18.1.0, the first address that can stand for a name.</summary>
    public const uint FirstName = 0xC6120100;

    /// <summary>198.19.255.255, the last one.</summary>
    public const uint LastName = 0xC613FFFF;
}
