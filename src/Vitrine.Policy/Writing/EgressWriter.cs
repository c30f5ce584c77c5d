using System.Globalization;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Reading;
using Vitrine.Policy.Units;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Writing;

/// <summary>Writes the way out: each rule in its short form where that says all of it.</summary>
internal static class EgressWriter
{
    public static SectionWriter Egress(SectionWriter section, EgressSettings egress)
    {
        bool withDefaults = section.WithDefaults;
        return section
            .Nodes(EgressKeys.Allow, egress.Allow.Select(entry => Entry(withDefaults, entry, allows: true)))
            .Nodes(EgressKeys.Deny, egress.Deny.Select(entry => Entry(withDefaults, entry, allows: false)))
            .Words(EgressKeys.Resolvers, egress.Resolvers)
            .Words(EgressKeys.Authorities, egress.Authorities)
            .Text(EgressKeys.Proxy, egress.Proxy ?? "")
            .Plain(EgressKeys.NamesPerWildcard, Number(egress.NamesPerWildcard))
            .Plain(EgressKeys.Connections, Number(egress.Connections));
    }

    public static void Secrets(SectionWriter document, IReadOnlyList<SecretSettings> secrets)
    {
        if (secrets.Count == 0) return;
        document.Node(PolicyKeys.Secrets, new YamlMapping(SourceMark.Nowhere, [.. secrets.OrderBy(secret => secret.Name,
            StringComparer.Ordinal)
            .Select(secret => new YamlEntry(secret.Name, SourceMark.Nowhere, Secret(document.WithDefaults, secret)))]));
    }

    private static YamlNode Entry(bool withDefaults, EgressEntry entry, bool allows)
    {
        if (EgressTarget.Short(entry) is { } text) return new YamlScalar(SourceMark.Nowhere, text, IsPlain: false);
        var section = new SectionWriter(withDefaults)
            .Text(EgressKeys.Host, entry.Host ?? "")
            .Text(EgressKeys.Preset, entry.Preset ?? "");
        if (entry.Ports.Count > 0) section.Node(EgressKeys.Ports, new YamlSequence(SourceMark.Nowhere, [.. entry.Ports.Select(Port)]));
        if (allows)
        {
            section.Plain(EgressKeys.Protocol, entry.Protocol is { } protocol ? EntryReader.Name(protocol) : "")
                .Flag(EgressKeys.Inspect, entry.Inspect);
            if (entry.Methods.Count > 0) section.Words(EgressKeys.Methods, entry.Methods);
            if (entry.Paths.Count > 0) section.Words(EgressKeys.Paths, entry.Paths);
            section.Flag(EgressKeys.Internal, entry.Internal)
                .Plain(EgressKeys.Ech, entry.AllowEch ? "allow" : "refuse")
                .Plain(EgressKeys.Bytes, entry.Bytes is { } bytes ? ByteSize.Format(bytes) : "")
                .Plain(EgressKeys.Rate, entry.BytesPerSecond is { } rate ? ByteSize.Format(rate) : "");
        }

        return section.Text(EgressKeys.Id, entry.Id ?? "").Mapping;
    }

    private static YamlNode Port(PortRange range) =>
        new YamlScalar(SourceMark.Nowhere, PortText.Of(range), IsPlain: range.First == range.Last);

    private static YamlMapping Secret(bool withDefaults, SecretSettings secret)
    {
        SectionWriter source = new(withDefaults: false);
        _ = secret.From.Kind switch
        {
            SecretSourceKind.Environment => source.Text(EgressKeys.FromEnvironment, secret.From.Text),
            SecretSourceKind.File => source.Text(EgressKeys.FromFile, secret.From.Text),
            _ => source.Words(EgressKeys.FromCommand, secret.From.Command),
        };
        var section = new SectionWriter(withDefaults).Section(EgressKeys.From, source).Words(EgressKeys.Hosts, secret.Hosts);
        if (withDefaults || secret.Headers is not ["Authorization"])
            section.Node(EgressKeys.Headers, new YamlSequence(SourceMark.Nowhere,
                [.. secret.Headers.Select(header => new YamlScalar(SourceMark.Nowhere, header, IsPlain: false))]));
        return section.Words(EgressKeys.Body, secret.Body).Mapping;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
