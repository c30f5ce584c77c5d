using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Reading;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Explain;

/// <summary>Differences of two entries that decide about the same name and port.</summary>
internal static class RuleChanges
{
    public static void Collect(ChangeList changes, HashSet<(string, string, string)> said, PortRange run, Ruling before, Ruling after)
    {
        EgressEntry old = before.Entry;
        EgressEntry now = after.Entry;
        if (old == now) return;
        string path = after.Path;
        EgressProtocol was = Protocol(old, run);
        EgressProtocol becomes = Protocol(now, run);
        var found = new ChangeList(PolicySource.None, PolicySource.None);
        found.Flag($"{path}.inspect", !Inspects(old, was), !Inspects(now, becomes));
        Limits(found, $"{path}.methods", old.Methods, now.Methods);
        Limits(found, $"{path}.paths", old.Paths, now.Paths);
        found.Flag($"{path}.internal", old.Internal, now.Internal);
        found.Flag($"{path}.ech", old.AllowEch, now.AllowEch);
        found.Amount($"{path}.bytes", old.Bytes ?? long.MaxValue, now.Bytes ?? long.MaxValue, Size);
        found.Amount($"{path}.rate", old.BytesPerSecond ?? long.MaxValue, now.BytesPerSecond ?? long.MaxValue, Size);
        if (was != becomes)
            found.Add(becomes == EgressProtocol.Tcp ? PolicyChangeKind.Widens
                : was == EgressProtocol.Tcp ? PolicyChangeKind.Narrows : PolicyChangeKind.Changes,
                $"{path}.protocol", EntryReader.Name(was), EntryReader.Name(becomes));
        foreach (PolicyChange change in found.Items)
        {
            (string first, string second) = change.Path.EndsWith(".inspect", StringComparison.Ordinal)
                ? (Inverted(change.Before), Inverted(change.After)) : (change.Before, change.After);
            if (said.Add((change.Path, first, second))) changes.Add(change.Kind, change.Path, first, second);
        }
    }

    private static bool Inspects(EgressEntry entry, EgressProtocol protocol) =>
        entry.Inspect || entry.Methods.Count + entry.Paths.Count > 0 || protocol == EgressProtocol.Http;

    // Nothing listed means everything.
    private static void Limits(ChangeList changes, string path, IReadOnlyList<string> old, IReadOnlyList<string> now)
    {
        if (old.Count == 0 && now.Count == 0) return;
        if (old.Count > 0 && now.Count > 0) changes.Grants(path, old, now);
        else changes.Add(now.Count == 0 ? PolicyChangeKind.Widens : PolicyChangeKind.Narrows, path, All(old), All(now));
    }

    private static string All(IReadOnlyList<string> words) => words.Count == 0 ? "all" : string.Join(", ", words);

    private static string Inverted(string flag) => flag is "true" ? "false" : "true";

    private static string Size(long bytes) => bytes == long.MaxValue ? "unlimited" : ByteSize.Format(bytes);

    private static EgressProtocol Protocol(EgressEntry entry, PortRange run) => entry.Protocol ?? run.First switch
    {
        22 => EgressProtocol.Ssh,
        80 => EgressProtocol.Http,
        _ => EgressProtocol.Tls,
    };
}
