using Vitrine.Policy.Egress;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Validation;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Reads one rule, in its short form or as a mapping.</summary>
internal static class EntryReader
{
    public static EgressEntry Allow(ReadContext context, string path, YamlNode node)
    {
        if (node is not YamlMapping) return Short(context, path, node);
        var section = new SectionReader(context, path, node, EgressKeys.Rule);
        EgressEntry entry = Target(section) with
        {
            Protocol = Protocol(section.Choice(EgressKeys.Protocol)),
            Inspect = section.Flag(EgressKeys.Inspect) ?? false,
            Methods = RequestReader.Methods(section),
            Paths = RequestReader.Paths(section),
            Internal = section.Flag(EgressKeys.Internal) ?? false,
            AllowEch = section.Choice(EgressKeys.Ech) is "allow",
            Bytes = section.Size(EgressKeys.Bytes),
            BytesPerSecond = section.Size(EgressKeys.Rate),
        };
        Check(section, entry);
        return entry;
    }

    public static EgressEntry Deny(ReadContext context, string path, YamlNode node) =>
        node is YamlMapping ? Target(new SectionReader(context, path, node, EgressKeys.Refusal)) : Short(context, path, node);

    private static EgressEntry Short(ReadContext context, string path, YamlNode node)
    {
        string text = node is YamlScalar scalar ? scalar.Text : "";
        if (node is YamlSequence || text.Length == 0)
            context.Problems.Error("wrong-type", path, node.Mark,
                $"'{path}' is {(text.Length == 0 && node is YamlScalar ? "empty" : node.KindName)}",
                "Write a preset, a host such as api.example.org, or a mapping with `host`");
        else if (EgressTarget.Read(text, out EgressEntry? entry) is { } fault)
            context.Problems.Error(fault.Code, path, node.Mark, $"'{Printable.Of(text)}' {fault.Error}", fault.Hint);
        else return entry!;
        return new EgressEntry();
    }

    private static EgressEntry Target(SectionReader section)
    {
        string? host = section.Text(EgressKeys.Host);
        string? preset = section.Text(EgressKeys.Preset)?.ToLowerInvariant();
        bool hasHost = section.Node(EgressKeys.Host) is not null;
        if (hasHost == section.Node(EgressKeys.Preset) is not null)
            section.Problems.Error("rule-target", section.Path, section.Mark,
                $"'{section.Path}' has {(hasHost ? "both `host` and `preset`" : "neither `host` nor `preset`")}", "Write one of them");
        if (host is not null)
        {
            if (HostPattern.Read(host, out string pattern) is { } fault)
                section.Problems.Error(fault.Code, section.PathOf(EgressKeys.Host), ValueMark(section, EgressKeys.Host),
                    $"'{Printable.Of(host)}' {fault.Error}", fault.Hint);
            else host = pattern;
        }

        if (preset is not null && EgressPresets.Find(preset) is null)
        {
            TextFault fault = EgressTarget.UnknownPreset(preset);
            section.Problems.Error(fault.Code, section.PathOf(EgressKeys.Preset), ValueMark(section, EgressKeys.Preset),
                $"'{Printable.Of(preset)}' {fault.Error}", fault.Hint);
        }

        return new EgressEntry { Host = host, Preset = preset, Ports = Ports(section), Id = NameReader.Read(section, EgressKeys.Id) };
    }

    private static IReadOnlyList<PortRange> Ports(SectionReader section)
    {
        var ranges = new List<PortRange>();
        if (section.Node(EgressKeys.Ports) is YamlSequence { Items.Count: 0 } empty)
            section.Problems.Error("port-form", section.PathOf(EgressKeys.Ports), empty.Mark, "the list of ports is empty",
                "Name one, or leave `ports` out for the usual one");
        foreach ((string path, YamlNode node) in section.Items(EgressKeys.Ports))
        {
            string text = node is YamlScalar scalar ? scalar.Text : "";
            if (PortText.Read(text, out PortRange range) is { } error)
                section.Problems.Error("port-form", path, node.Mark, $"the port '{Printable.Of(text)}' {error}",
                    "Write a port from 1 to 65535, or a range such as 9000-9100");
            else ranges.Add(range);
        }

        return PortText.Merge(ranges);
    }

    // Nothing of a request can be seen where no request is made or where its bytes are not looked at.
    private static void Check(SectionReader section, EgressEntry entry)
    {
        bool inspects = entry.Inspect || entry.Methods.Count + entry.Paths.Count > 0;
        bool is22 = entry.Protocol is null && entry.Ports.Any(range => range is { First: <= 22, Last: >= 22 });
        if (inspects && (is22 || entry.Protocol is EgressProtocol.Ssh or EgressProtocol.Tcp))
            section.Problems.Error("rule-inspect", section.Path, section.Mark,
                $"'{section.Path}' looks into requests, but {(is22 ? "port 22 is SSH" : $"{Name(entry.Protocol!.Value)} has none")}",
                "Remove `inspect`, `methods` and `paths`, or make it a rule for tls or http");
        if (!entry.AllowEch) return;
        if (inspects)
            section.Problems.Error("rule-ech", section.Path, section.Mark,
                $"'{section.Path}' looks into requests, and lets through a hello that hides where they go",
                "Remove `ech: allow`: where the gateway ends TLS there is no Encrypted Client Hello");
        else if (entry.Protocol is not (null or EgressProtocol.Tls))
            section.Problems.Error("rule-ech", section.Path, section.Mark, $"'{section.Path}' allows Encrypted Client Hello without TLS",
                "Remove `ech: allow`");
    }

    public static string Name(EgressProtocol protocol) => protocol.ToString().ToLowerInvariant();

    private static EgressProtocol? Protocol(string? word) => word switch
    {
        "tls" => EgressProtocol.Tls,
        "http" => EgressProtocol.Http,
        "ssh" => EgressProtocol.Ssh,
        "tcp" => EgressProtocol.Tcp,
        _ => null,
    };

    private static SourceMark ValueMark(SectionReader section, Key key) => section.Node(key)?.Mark ?? section.Mark;
}
