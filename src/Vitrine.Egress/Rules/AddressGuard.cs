using System.Net;
using System.Net.Sockets;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Rules;

/// <summary>Judges addresses a name resolved to: the last word before they are dialled.</summary>
internal sealed class AddressGuard(TimeProvider clock, Func<IEnumerable<IPAddress>>? own = null)
{
    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork s_sixToFour = IPNetwork.Parse("2002::/16");

    private readonly HostAddresses _own = new(clock, own);

    /// <summary>Why an address may not be dialled; null when it may.</summary>
    /// <param name="address">The address.</param>
    /// <param name="name">The name it is for, in normal form.</param>
    /// <param name="rule">The rule that allowed the name.</param>
    public Refusal? Judge(IPAddress address, string name, EgressRule rule)
    {
        (AddressKind kind, string what) = Classify(address);
        return kind switch
        {
            AddressKind.Public => null,
            AddressKind.Metadata => new Refusal(EgressCodes.Metadata, $"{name} resolves to {address}: {what}", rule.Id),
            AddressKind.Special => new Refusal(RefusalCodes.ForbiddenAddress, $"{name} resolves to {address}: {what}", rule.Id),
            _ when rule.Internal => null,
            _ => new Refusal(RefusalCodes.ForbiddenAddress, $"{name} resolves to {address}: {what}", rule.Id,
                $"If the operator means that host, add `internal: true` to {rule.Id}"),
        };
    }

    /// <summary>What an address is, the host's own among them, whatever form it comes in.</summary>
    public (AddressKind Kind, string What) Classify(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return Embedded(address.MapToIPv4(), "mapped into IPv6 (RFC 4291)");
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            byte[] bytes = address.GetAddressBytes();
            if (s_nat64.Contains(address))
                return Embedded(new IPAddress(bytes.AsSpan(12)), "behind NAT64 (RFC 6052)");
            if (s_sixToFour.Contains(address))
                return Embedded(new IPAddress(bytes.AsSpan(2, 4)), "behind 6to4 (RFC 3056)");
        }

        (AddressKind kind, string what) = AddressTable.Find(address);
        // Metadata stays what it is even where this machine is the one that serves it.
        return kind is AddressKind.Public or AddressKind.Private && _own.Contains(address)
            ? (AddressKind.Own, "an address of this machine")
            : (kind, what);
    }

    private (AddressKind Kind, string What) Embedded(IPAddress address, string how)
    {
        (AddressKind kind, string what) = Classify(address);
        return (kind, $"{address}, {how}: {what}");
    }
}
