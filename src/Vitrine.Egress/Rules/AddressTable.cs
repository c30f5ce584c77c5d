using System.Net;

namespace Vitrine.Egress.Rules;

/// <summary>
/// Addresses that are no host of the internet: the registries of special-purpose addresses (RFC 6890, its tables as IANA keeps them), and
/// clouds' metadata services from their documentation. The first row that covers an address counts.
/// </summary>
internal static class AddressTable
{
    private static readonly (IPNetwork Network, AddressKind Kind, string What)[] s_rows =
    [
        // Metadata services, before the ranges they lie in.
        Row("169.254.169.254/32", AddressKind.Metadata, "the metadata service of most clouds"),
        Row("169.254.169.253/32", AddressKind.Metadata, "Amazon's resolver, on its metadata link"),
        Row("169.254.169.123/32", AddressKind.Metadata, "Amazon's clock, on its metadata link"),
        Row("169.254.170.0/24", AddressKind.Metadata, "credentials of Amazon's containers"),
        Row("169.254.0.23/32", AddressKind.Metadata, "Tencent's metadata service"),
        Row("169.254.42.42/32", AddressKind.Metadata, "Scaleway's metadata service"),
        Row("100.100.100.200/32", AddressKind.Metadata, "Alibaba's metadata service"),
        Row("168.63.129.16/32", AddressKind.Metadata, "Azure's host service"),
        Row("192.0.0.192/32", AddressKind.Metadata, "Oracle's metadata service"),
        Row("fd00:ec2::/32", AddressKind.Metadata, "Amazon's metadata services"),
        Row("fd20:ce::254/128", AddressKind.Metadata, "Google's metadata service"),
        Row("fd00:42::42/128", AddressKind.Metadata, "Scaleway's metadata service"),
        Row("fd00:c1::a9fe:a9fe/128", AddressKind.Metadata, "Oracle's metadata service"),

        Row("0.0.0.0/8", AddressKind.Special, "this network (RFC 791)"),
        Row("10.0.0.0/8", AddressKind.Private, "private (RFC 1918)"),
        Row("100.64.0.0/10", AddressKind.Private, "shared by a provider's customers (RFC 6598)"),
        Row("127.0.0.0/8", AddressKind.Own, "loopback (RFC 1122)"),
        Row("169.254.0.0/16", AddressKind.Private, "link-local (RFC 3927)"),
        Row("172.16.0.0/12", AddressKind.Private, "private (RFC 1918)"),
        Row("192.0.0.0/24", AddressKind.Special, "for protocols (RFC 6890)"),
        Row("192.0.2.0/24", AddressKind.Special, "documentation (RFC 5737)"),
        Row("192.31.196.0/24", AddressKind.Special, "AS112 (RFC 7535)"),
        Row("192.52.193.0/24", AddressKind.Special, "AMT (RFC 7450)"),
        Row("192.88.99.0/24", AddressKind.Special, "6to4 relays (RFC 7526)"),
        Row("192.168.0.0/16", AddressKind.Private, "private (RFC 1918)"),
        Row("192.175.48.0/24", AddressKind.Special, "AS112 (RFC 7534)"),
        Row("198.18.0.0/15", AddressKind.Special, "tests of networks (RFC 2544)"),
        Row("198.51.100.0/24", AddressKind.Special, "documentation (RFC 5737)"),
        Row("203.0.113.0/24", AddressKind.Special, "documentation (RFC 5737)"),
        Row("224.0.0.0/4", AddressKind.Special, "multicast (RFC 5771)"),
        Row("240.0.0.0/4", AddressKind.Special, "reserved, or broadcast (RFC 1112, RFC 919)"),

        Row("::/128", AddressKind.Special, "unspecified (RFC 4291)"),
        Row("::1/128", AddressKind.Own, "loopback (RFC 4291)"),
        Row("::/96", AddressKind.Special, "an IPv4 address in a form given up (RFC 4291 section 2.5.5.1)"),
        Row("::ffff:0:0:0/96", AddressKind.Special, "an IPv4 address translated (RFC 2765)"),
        Row("64:ff9b:1::/48", AddressKind.Special, "an IPv4 address translated locally (RFC 8215)"),
        Row("100::/63", AddressKind.Special, "discarded (RFC 6666, RFC 9780)"),
        Row("2001::/32", AddressKind.Special, "Teredo (RFC 4380)"),
        Row("2001::/23", AddressKind.Special, "for protocols (RFC 2928)"),
        Row("2001:db8::/32", AddressKind.Special, "documentation (RFC 3849)"),
        Row("2620:4f:8000::/48", AddressKind.Special, "AS112 (RFC 7534)"),
        Row("3fff::/20", AddressKind.Special, "documentation (RFC 9637)"),
        Row("5f00::/16", AddressKind.Special, "segment routing (RFC 9602)"),
        Row("fc00::/7", AddressKind.Private, "private (RFC 4193)"),
        Row("fe80::/10", AddressKind.Private, "link-local (RFC 4291)"),
        Row("fec0::/10", AddressKind.Private, "site-local (RFC 3879)"),
        Row("ff00::/8", AddressKind.Special, "multicast (RFC 4291)"),
    ];

    /// <summary>What an address is, and in words; public for none of the rows. Neither mapped nor otherwise embedding another
    /// address.</summary>
    public static (AddressKind Kind, string What) Find(IPAddress address)
    {
        foreach ((IPNetwork network, AddressKind kind, string what) in s_rows)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address))
                return (kind, what);
        }

        // Only 2000::/3 is given out for hosts (RFC 4291 section 2.4 and IANA's table); 64:ff9b::/96 is read before this.
        return address.GetAddressBytes() is { Length: 16 } bytes && (bytes[0] & 0xE0) != 0x20
            ? (AddressKind.Special, "not given out to hosts (RFC 4291)")
            : (AddressKind.Public, "a host of the internet");
    }

    private static (IPNetwork Network, AddressKind Kind, string What) Row(string network, AddressKind kind, string what) =>
        (IPNetwork.Parse(network), kind, what);
}
