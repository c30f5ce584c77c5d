using System.Globalization;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Reading;

namespace Vitrine.Policy.Explain;

/// <summary>The way out, and what goes along it.</summary>
internal static class EgressStatements
{
    public static IEnumerable<PolicyStatement> Of(PolicyDocument policy, IHostFacts? host)
    {
        EgressSettings egress = policy.Egress;
        for (int index = 0; index < egress.Deny.Count; index++)
            yield return Statement.Refused(policy, $"egress.deny[{index}]",
                $"connections to {Denied(egress.Deny[index])}, whatever is allowed");
        for (int index = 0; index < egress.Allow.Count; index++)
        {
            foreach (PolicyStatement statement in Entry(policy, $"egress.allow[{index}]", egress.Allow[index], host))
                yield return statement;
        }

        yield return Statement.Refused(policy, "egress", egress.Allow.Count == 0
            ? "no host can be reached: loopback only" : "no other host can be reached");
        if (egress.Allow.Count == 0) yield break;

        yield return Statement.Limit(policy, "egress.connections", $"{Number(egress.Connections)} connections at once");
        yield return Statement.Limit(policy, "egress.names-per-wildcard", $"{Number(egress.NamesPerWildcard)} names below each wildcard");
        if (egress.Resolvers.Count > 0)
            yield return Statement.Allowed(policy, "egress.resolvers", $"names are looked up at {string.Join(", ", egress.Resolvers)}");
        if (egress.Authorities.Count > 0)
            yield return Statement.Warning(policy, "egress.authorities",
                $"certificates of {string.Join(", ", egress.Authorities)} are trusted, by the gateway and inside");
        if (egress.Proxy is { } proxy)
            yield return Statement.Allowed(policy, "egress.proxy", $"connections leave through {proxy}, which then resolves their names");
        foreach (SecretSettings secret in policy.Secrets)
            yield return Statement.Allowed(policy, $"secrets.{secret.Name}",
                $"{string.Join(", ", secret.Hosts)} get the secret {secret.Name} of {Source(secret.From)} in {Places(secret)}; "
                + "inside there is a placeholder");
    }

    private static IEnumerable<PolicyStatement> Entry(PolicyDocument policy, string path, EgressEntry entry, IHostFacts? host)
    {
        string sentence = $"connections to {EgressText.Target(entry)}{EgressText.Conditions(entry)}";
        bool isLoose = entry.Internal || entry.AllowEch || entry.Protocol == EgressProtocol.Tcp;
        yield return isLoose ? Statement.Warning(policy, path, sentence) : Statement.Allowed(policy, path, sentence);
        if (host is null || entry.Preset is not { } name || EgressPresets.Find(name) is not { } preset) yield break;
        PresetResolution resolution = EgressPresets.Resolve(preset, host);
        foreach (PresetHost found in resolution.Hosts)
            yield return Statement.Allowed(policy, path,
                $"  {name}: {found.Host}:{Number(found.Port)} ({EntryReader.Name(found.Protocol)}, {Origin(found)})");
        foreach (PresetNotice notice in resolution.Notices.Where(notice => notice.Code is not "preset-internal" || !entry.Internal))
            yield return Statement.Warning(policy, path, $"  {name}: {notice.Message}");
    }

    private static string Denied(EgressEntry entry) =>
        $"{entry.Preset ?? entry.Host} on {(entry.Ports.Count == 0 ? "any port" : PortText.Of(entry.Ports))}";

    private static string Origin(PresetHost found) => found.Origin is { } file ? $"named in {file}" : "the preset's own";

    private static string Source(SecretSource source) => source.Kind switch
    {
        SecretSourceKind.Environment => $"the host's variable {source.Text}",
        SecretSourceKind.File => $"the file {source.Text}",
        _ => $"the command {source.Command[0]}",
    };

    private static string Places(SecretSettings secret) => string.Join(", ",
        secret.Headers.Select(header => $"the header {header}").Concat(secret.Body.Select(field => $"the body's field {field}")));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
