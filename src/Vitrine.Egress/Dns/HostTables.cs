using System.Net;
using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Dns;

/// <summary>Reads resolv.conf(5) and hosts(5).</summary>
internal static class HostTables
{
    private const int MaxServers = 3;
    private const int DnsPort = 53;
    private static readonly char[] s_blanks = [' ', '\t'];

    /// <summary>The name servers in order; this machine's own where none is named.</summary>
    public static IReadOnlyList<IPEndPoint> ReadServers(IEnumerable<string> lines)
    {
        List<IPEndPoint> servers = [];
        foreach (string line in lines)
        {
            string[] words = line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == "nameserver" && servers.Count < MaxServers
                && IPAddress.TryParse(words[1], out IPAddress? address))
                servers.Add(new IPEndPoint(address, DnsPort));
        }

        return servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, DnsPort)];
    }

    /// <summary>Addresses by name, in normal form.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> ReadHosts(IEnumerable<string> lines)
    {
        var hosts = new Dictionary<string, List<IPAddress>>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            string[] words = line.Split('#', 2)[0].Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out IPAddress? address))
                continue;
            foreach (string word in words.Skip(1))
            {
                if (HostName.Normalize(word, out string name) != HostNameFault.None)
                    continue;
                if (!hosts.TryGetValue(name, out List<IPAddress>? addresses))
                    hosts.Add(name, addresses = []);
                addresses.Add(address);
            }
        }

        return hosts.ToDictionary(static one => one.Key, static one => (IReadOnlyList<IPAddress>)one.Value, StringComparer.Ordinal);
    }
}
