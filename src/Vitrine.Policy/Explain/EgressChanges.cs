using System.Globalization;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Explain;

/// <summary>
/// Differences of the way out, by what the lists mean rather than by their lines, since the first rule that covers decides and another
/// order is another policy. Every name that either policy speaks of is asked, on every run of ports that they tell apart, which rule
/// decides before and after; a `*.` pattern is asked by a name below it that nobody wrote. Presets are a name of their own, and also what they are without
/// any configuration, so that a change is only narrower when it is so on any host. The deny-list is compared as it stands: a refusal fewer
/// counts as wider even if nothing else allows the host.
/// </summary>
internal static class EgressChanges
{
    // No label can start like this, so no rule names it.
    private const string AnyName = "\u0001";

    public static void Collect(ChangeList changes, EgressSettings before, EgressSettings after)
    {
        var said = new HashSet<(string, string, string)>();
        foreach (bool configured in (bool[])[true, false])
        {
            foreach (string name in before.Allow.Concat(after.Allow).Select(Atom).Distinct(StringComparer.Ordinal))
                Compare(changes, said, Rules(before, name, configured), Rules(after, name, configured), name);
        }

        changes.Demands("egress.deny", before.Deny.Select(Denied), after.Deny.Select(Denied));
        changes.Other("egress.resolvers", string.Join(", ", before.Resolvers), string.Join(", ", after.Resolvers));
        changes.Grants("egress.authorities", before.Authorities, after.Authorities);
        changes.Other("egress.proxy", before.Proxy ?? "", after.Proxy ?? "");
        if (before.Allow.Count == 0 || after.Allow.Count == 0) return;
        changes.Amount("egress.names-per-wildcard", before.NamesPerWildcard, after.NamesPerWildcard, Number);
        changes.Amount("egress.connections", before.Connections, after.Connections, Number);
    }

    private static void Compare(ChangeList changes, HashSet<(string, string, string)> said, List<Ruling> before, List<Ruling> after,
        string name)
    {
        List<PortRange> added = [];
        List<PortRange> removed = [];
        string addedBy = "";
        foreach (PortRange run in Runs(before.Concat(after)))
        {
            Ruling? old = before.Find(ruling => Has(ruling, run));
            Ruling? now = after.Find(ruling => Has(ruling, run));
            if (old is null && now is null) continue;
            if (old is null)
            {
                added.Add(run);
                if (addedBy.Length == 0) addedBy = now!.Path;
            }
            else if (now is null) removed.Add(run);
            else RuleChanges.Collect(changes, said, run, old, now);
        }

        string target = name.Replace(AnyName, "*", StringComparison.Ordinal);
        if (added.Count > 0) Say(changes, said, PolicyChangeKind.Widens, addedBy, before.Count > 0 ? PortsOf(target, before) : "-",
            PortsOf(target, after));
        if (removed.Count > 0) Say(changes, said, PolicyChangeKind.Narrows, after.Count > 0 ? after[0].Path : "egress.allow",
            PortsOf(target, before), after.Count > 0 ? PortsOf(target, after) : "-");
    }

    private static void Say(ChangeList changes, HashSet<(string, string, string)> said, PolicyChangeKind kind, string path, string old,
        string now)
    {
        if (said.Add((path + kind, old, now))) changes.Add(kind, path, old, now);
    }

    private static string PortsOf(string target, List<Ruling> rulings) =>
        target.StartsWith("preset ", StringComparison.Ordinal) && rulings.TrueForAll(ruling => ruling.Entry.Ports.Count == 0)
            ? target : $"{target}:{PortText.Of(PortText.Merge(rulings.SelectMany(ruling => ruling.Ports)))}";

    private static string Atom(EgressEntry entry) => entry.Preset is { } preset ? $"preset {preset}"
        : entry.Host is { } host && host.StartsWith("*.", StringComparison.Ordinal) ? AnyName + host[1..] : entry.Host ?? "";

    private static List<Ruling> Rules(EgressSettings egress, string name, bool configured)
    {
        var rulings = new List<Ruling>();
        for (int index = 0; index < egress.Allow.Count; index++)
        {
            EgressEntry entry = egress.Allow[index];
            if (string.Equals(Atom(entry), name, StringComparison.Ordinal) || (entry.Host is { } host && HostName.Matches(host, name)))
                rulings.Add(new Ruling($"egress.allow[{index}]", entry, EgressText.Ports(entry)));
            else if (!configured && entry.Preset is { } preset && EgressPresets.Find(preset) is { } own)
            {
                List<PortRange> ports = [.. PresetResolver.Own(own).Where(found => HostName.Matches(found.Host, name))
                    .Select(found => new PortRange(found.Port, found.Port))];
                if (ports.Count > 0)
                    rulings.Add(new Ruling($"egress.allow[{index}]", entry, entry.Ports.Count > 0 ? entry.Ports : PortText.Merge(ports)));
            }
        }

        return rulings;
    }

    // Cut where either side's ranges begin or end, and around the ports that have a protocol of their own: one rule and one protocol a run.
    private static IEnumerable<PortRange> Runs(IEnumerable<Ruling> rulings)
    {
        int[] cuts = [.. rulings.SelectMany(ruling => ruling.Ports).SelectMany(range => (int[])[range.First, range.Last + 1])
            .Concat([22, 23, 80, 81]).Distinct().Order()];
        for (int index = 1; index < cuts.Length; index++) yield return new PortRange((ushort)cuts[index - 1], (ushort)(cuts[index] - 1));
    }

    private static bool Has(Ruling ruling, PortRange run) => ruling.Ports.Any(range => range.First <= run.First && run.Last <= range.Last);

    private static string Denied(EgressEntry entry) =>
        entry.Preset ?? (entry.Ports.Count == 0 ? entry.Host! : $"{entry.Host}:{PortText.Of(entry.Ports)}");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An entry as it rules about one name.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Ports">Ports it allows there.</param>
internal sealed record Ruling(string Path, EgressEntry Entry, IReadOnlyList<PortRange> Ports);
