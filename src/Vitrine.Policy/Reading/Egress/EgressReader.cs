using System.Globalization;
using System.Net;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `egress`.</summary>
internal static class EgressReader
{
    private const string ProxyHint = "Write http://name:port; credentials for a proxy are not supported";

    public static EgressSettings Read(SectionReader section)
    {
        var defaults = new EgressSettings();
        var egress = new EgressSettings
        {
            Allow = [.. section.Items(EgressKeys.Allow).Select(item => EntryReader.Allow(section.Context, item.Path, item.Node))],
            Deny = [.. section.Items(EgressKeys.Deny).Select(item => EntryReader.Deny(section.Context, item.Path, item.Node))],
            Resolvers = Resolvers(section),
            Authorities = Authorities(section),
            Proxy = Proxy(section),
            NamesPerWildcard = (int)(section.Integer(EgressKeys.NamesPerWildcard) ?? defaults.NamesPerWildcard),
            Connections = (int)(section.Integer(EgressKeys.Connections) ?? defaults.Connections),
        };
        CheckIds(section, egress);
        return egress;
    }

    private static void CheckIds(SectionReader section, EgressSettings egress)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string list, IReadOnlyList<EgressEntry> entries) in (IEnumerable<(string, IReadOnlyList<EgressEntry>)>)
            [(section.PathOf(EgressKeys.Allow), egress.Allow), (section.PathOf(EgressKeys.Deny), egress.Deny)])
        {
            for (int index = 0; index < entries.Count; index++)
            {
                string path = $"{list}[{index}].{EgressKeys.Id.Name}";
                if (entries[index].Id is not { } id || seen.TryAdd(id, path)) continue;
                section.Problems.Error("rule-id-twice", path, section.Context.Marks[path], $"two rules have the id '{id}'",
                    $"Give one of them another id; the other stands in {seen[id]}");
            }
        }
    }

    private static List<string> Resolvers(SectionReader section)
    {
        var resolvers = new List<string>();
        foreach ((string path, YamlNode node) in section.Items(EgressKeys.Resolvers))
        {
            string text = node is YamlScalar scalar ? scalar.Text : "";
            if (EndPoint(text) is { } endPoint) resolvers.Add(endPoint.ToString());
            else
                section.Problems.Error("resolver-form", path, node.Mark, $"'{Printable.Of(text)}' is no address of a name server",
                    "Write its address with an optional port: 10.0.0.53, 10.0.0.53:53 or [2001:db8::53]:53");
        }

        return resolvers;
    }

    // Only what both inet_aton and inet_pton read the same way.
    private static IPEndPoint? EndPoint(string text)
    {
        if (!IPEndPoint.TryParse(text, out IPEndPoint? endPoint) || HasScope(endPoint.Address)) return null;
        if (endPoint.Address.GetAddressBytes().All(part => part == 0)) return null;
        string address = endPoint.Address.ToString();
        bool stated = !string.Equals(text, address, StringComparison.OrdinalIgnoreCase)
            && !string.Equals(text, $"[{address}]", StringComparison.OrdinalIgnoreCase);
        if (stated && endPoint.Port == 0) return null;
        var full = new IPEndPoint(endPoint.Address, stated ? endPoint.Port : 53);
        return !stated || string.Equals(text, full.ToString(), StringComparison.OrdinalIgnoreCase) ? full : null;
    }

    private static bool HasScope(IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && address.ScopeId != 0;

    private static List<string> Authorities(SectionReader section)
    {
        IReadOnlyList<string> paths = section.Words(EgressKeys.Authorities) ?? [];
        for (int index = 0; index < paths.Count; index++)
        {
            if (PathRules.HostError(paths[index]) is not { } error) continue;
            string path = $"{section.PathOf(EgressKeys.Authorities)}[{index}]";
            section.Problems.Error("path-form", path, section.Context.Marks.GetValueOrDefault(path, section.Mark),
                $"the file '{Printable.Of(paths[index])}' {error}", "Write an absolute path, ~/… or ./…");
        }

        return [.. paths];
    }

    private static string? Proxy(SectionReader section)
    {
        if (section.Text(EgressKeys.Proxy) is not { } text) return null;
        string path = section.PathOf(EgressKeys.Proxy);
        string? error = Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) ? uri switch
        {
            { Scheme: not "http" } => "is not reached by http",
            { UserInfo.Length: > 0 } => "has credentials in it, which every reader of the policy would see",
            { PathAndQuery: not "/" } or { Fragment.Length: > 0 } => "has a path",
            { HostNameType: UriHostNameType.Dns } when HostName.Normalize(uri.Host, out _) != HostNameFault.None => "has no proper name",
            { HostNameType: not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6) } => "names no host",
            _ => null,
        } : "is no URL";
        if (error is null) return string.Create(CultureInfo.InvariantCulture, $"http://{uri!.Host.ToLowerInvariant()}:{uri.Port}");
        section.Problems.Error("proxy-form", path, section.Context.Marks[path],
            $"the proxy '{(error.StartsWith("has credentials", StringComparison.Ordinal) ? "…" : Printable.Of(text))}' {error}", ProxyHint);
        return null;
    }
}
