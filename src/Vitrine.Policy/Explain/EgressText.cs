using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Reading;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Explain;

/// <summary>Rules in words.</summary>
internal static class EgressText
{
    /// <summary>`api.example.org:443`, or `npm`.</summary>
    public static string Target(EgressEntry entry)
    {
        if (entry.Preset is { } preset) return entry.Ports.Count == 0 ? preset : $"{preset} on {PortText.Of(entry.Ports)}";
        return $"{entry.Host}:{PortText.Of(Ports(entry))}";
    }

    /// <summary>The ports of a host's entry, the usual one where none is stated.</summary>
    public static IReadOnlyList<PortRange> Ports(EgressEntry entry) => entry.Ports.Count > 0 ? entry.Ports : entry.Protocol switch
    {
        EgressProtocol.Http => [new PortRange(80, 80)],
        EgressProtocol.Ssh => [new PortRange(22, 22)],
        _ => [new PortRange(443, 443)],
    };

    /// <summary>What narrows or loosens a rule, as a list after its target; empty for none.</summary>
    public static string Conditions(EgressEntry entry)
    {
        List<string> parts = [];
        if (entry.Protocol is { } protocol) parts.Add(protocol == EgressProtocol.Tcp ? "any bytes" : EntryReader.Name(protocol));
        if (entry.Methods.Count > 0) parts.Add($"only {string.Join(", ", entry.Methods)}");
        if (entry.Paths.Count > 0) parts.Add($"only {string.Join(", ", entry.Paths)}");
        if (entry.Inspect || entry.Methods.Count + entry.Paths.Count > 0) parts.Add("inspected");
        if (entry.Internal) parts.Add("private addresses too");
        if (entry.AllowEch) parts.Add("Encrypted Client Hello too");
        if (entry.Bytes is { } bytes) parts.Add($"{ByteSize.Format(bytes)} in all");
        if (entry.BytesPerSecond is { } rate) parts.Add($"{ByteSize.Format(rate)} a second");
        return parts.Count == 0 ? "" : $" ({string.Join("; ", parts)})";
    }
}
