using System.Globalization;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Explain;

/// <summary>Differences in environment, egress, system calls, layers and debugging.</summary>
internal static class TrustChanges
{
    public static void Collect(ChangeList changes, PolicyDocument before, PolicyDocument after)
    {
        Variables(changes, before.Environment, after.Environment);
        changes.Grants("environment.pass", before.Environment.Pass, after.Environment.Pass);
        EgressChanges.Collect(changes, before.Egress, after.Egress);
        SecretChanges.Collect(changes, before.Secrets, after.Secrets);
        changes.Grants("seccomp.allow", before.Seccomp.Allow, after.Seccomp.Allow);
        changes.Demands("seccomp.deny", before.Seccomp.Deny, after.Seccomp.Deny);
        changes.Demands("layers.require", before.Layers.Require.Select(LayerNames.Of), after.Layers.Require.Select(LayerNames.Of));
        Debug(changes, before.Debug, after.Debug);
    }

    // A variable opens nothing by itself, but it steers programs.
    private static void Variables(ChangeList changes, EnvironmentSettings before, EnvironmentSettings after)
    {
        foreach (string name in before.Set.Keys.Union(after.Set.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            changes.Other($"environment.set.{name}", Shown(before, name), Shown(after, name));
    }

    private static string Shown(EnvironmentSettings environment, string name)
    {
        if (!environment.Set.TryGetValue(name, out string? value)) return "";
        return value.Length == 0 ? "\"\"" : value;
    }

    private static void Debug(ChangeList changes, DebugSettings? before, DebugSettings? after)
    {
        changes.Flag("debug", before is not null, after is not null);
        if (before is not null && after is not null) changes.Amount("debug.until", before.Until, after.Until, time =>
            time.ToString("u", CultureInfo.InvariantCulture));
        changes.Grants("debug.disable", Names(before), Names(after));
    }

    private static IEnumerable<string> Names(DebugSettings? debug) => debug?.Disable.Select(LayerNames.Of) ?? [];
}
