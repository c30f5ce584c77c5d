using System.Globalization;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Planning;

/// <summary>Makes rules of entries. One entry can become several: of a preset one for each host, of mixed ports one for each
/// protocol.</summary>
internal static class RuleExpander
{
    private static readonly PortRange s_all = new(1, ushort.MaxValue);

    /// <summary>Rules of an entry of the allow-list.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="path">Where it stands, for rules without an id.</param>
    /// <param name="preset">Hosts of its preset; null for a host.</param>
    public static IEnumerable<EgressRule> Allow(EgressEntry entry, string path, IReadOnlyList<PresetHost>? preset)
    {
        string id = entry.Id ?? path;
        if (preset is null) return entry.Host is { } host ? ByProtocol(entry, host, id, entry.Ports) : [];
        string prefix = entry.Id is null ? $"{id}/{entry.Preset}" : id;
        return entry.Ports.Count > 0
            ? preset.Select(found => found.Host).Distinct(StringComparer.Ordinal)
                .SelectMany(name => ByProtocol(entry, name, $"{prefix}/{name}", entry.Ports))
            : preset.Where(found => entry.Protocol is null || entry.Protocol == found.Protocol || found.Protocol == EgressProtocol.Tls)
                .Select(found => Rule(entry, found.Host, $"{prefix}/{found.Host}{Suffix(found)}",
                    [new PortRange(found.Port, found.Port)], entry.Protocol ?? found.Protocol));
    }

    /// <summary>Rules of an entry of the deny-list: only host and ports count.</summary>
    public static IEnumerable<EgressRule> Deny(EgressEntry entry, string path, IReadOnlyList<PresetHost>? preset)
    {
        string id = entry.Id ?? path;
        IEnumerable<string> hosts = preset?.Select(found => found.Host).Distinct(StringComparer.Ordinal) ?? (entry.Host is null ? []
            : [entry.Host]);
        return hosts.Select(host => new EgressRule
        {
            Id = entry.Preset is null ? id : $"{id}/{host}",
            Host = host,
            Ports = entry.Ports.Count > 0 ? entry.Ports : [s_all],
            Protocol = EgressProtocol.Tcp,
        });
    }

    private static List<EgressRule> ByProtocol(EgressEntry entry, string host, string id, IReadOnlyList<PortRange> ports)
    {
        if (ports.Count == 0)
        {
            EgressProtocol protocol = entry.Protocol ?? EgressProtocol.Tls;
            ushort usual = protocol switch { EgressProtocol.Http => 80, EgressProtocol.Ssh => 22, _ => 443 };
            return [Rule(entry, host, id, [new PortRange(usual, usual)], protocol)];
        }

        if (entry.Protocol is { } stated) return [Rule(entry, host, id, ports, stated)];
        List<EgressRule> rules = [];
        if (Without(Without(ports, 22), 80) is { Count: > 0 } others) rules.Add(Rule(entry, host, id, others, EgressProtocol.Tls));
        if (Has(ports, 80)) rules.Add(Rule(entry, host, rules.Count == 0 ? id : $"{id}:80", [new PortRange(80, 80)], EgressProtocol.Http));
        if (Has(ports, 22)) rules.Add(Rule(entry, host, rules.Count == 0 ? id : $"{id}:22", [new PortRange(22, 22)], EgressProtocol.Ssh));
        return rules;
    }

    private static EgressRule Rule(
        EgressEntry entry, string host, string id, IReadOnlyList<PortRange> ports, EgressProtocol protocol)
    {
        return new EgressRule
        {
            Id = id,
            Host = host,
            Ports = ports,
            Protocol = protocol,
            Inspect = entry.Inspect || entry.Methods.Count + entry.Paths.Count > 0 || protocol == EgressProtocol.Http,
            Methods = entry.Methods,
            Paths = entry.Paths,
            Internal = entry.Internal,
            AllowEch = entry.AllowEch && protocol == EgressProtocol.Tls,
            Bytes = entry.Bytes,
            BytesPerSecond = entry.BytesPerSecond,
        };
    }

    private static string Suffix(PresetHost found) =>
        found.Port == 443 ? "" : string.Create(CultureInfo.InvariantCulture, $":{found.Port}");

    private static bool Has(IEnumerable<PortRange> ports, ushort port) => ports.Any(range => range.First <= port && port <= range.Last);

    private static List<PortRange> Without(IReadOnlyList<PortRange> ports, ushort port)
    {
        var rest = new List<PortRange>();
        foreach (PortRange range in ports)
        {
            if (port < range.First || range.Last < port)
            {
                rest.Add(range);
                continue;
            }

            if (range.First < port) rest.Add(new PortRange(range.First, (ushort)(port - 1)));
            if (port < range.Last) rest.Add(new PortRange((ushort)(port + 1), range.Last));
        }

        return rest;
    }
}
