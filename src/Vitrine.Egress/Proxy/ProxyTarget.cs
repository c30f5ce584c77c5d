using System.Net;
using System.Net.Sockets;
using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Proxy;

/// <summary>What a client asked a proxy for, judged.</summary>
/// <param name="Name">The name in normal form, or what came where it is none.</param>
/// <param name="Port">The port.</param>
/// <param name="Verdict">What the rules say.</param>
internal sealed record ProxyTarget(string Name, ushort Port, EgressVerdict Verdict)
{
    /// <summary>Judges a target. An address that stands for a name is that name: some clients resolve before they ask a proxy.</summary>
    public static ProxyTarget Judge(EgressSession session, string host, ushort port)
    {
        string asked = host;
        if (IPAddress.TryParse(host, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
            && string.Equals(address.ToString(), host, StringComparison.Ordinal)
            && session.Names.Find(AddressText.Number(address.GetAddressBytes())) is { } known)
            asked = known;
        EgressVerdict verdict = session.Judge(asked, port);
        return new ProxyTarget(HostName.Normalize(asked, out string name) == HostNameFault.None ? name : asked, port, verdict);
    }
}
