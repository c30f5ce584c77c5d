using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Planning;

/// <summary>
/// Plans the way out:
/// 1. presets become hosts, entries become rules with one protocol each;
/// 2. secrets turn the rules that cover their hosts into inspected ones;
/// 3. what those rules cannot promise is warned of.
/// </summary>
internal static class EgressPlanner
{
    /// <summary>The plan; null when nothing is allowed.</summary>
    public static EgressPlan? Plan(PlanContext context)
    {
        EgressSettings egress = context.Policy.Egress;
        bool widens = context.Request.Allow.Count > 0
            && context.RefuseWidening("request.allow", $"allows {string.Join(", ", context.Request.Allow.Take(3).Select(Name))}");
        List<PlannedRule> allow = [.. Rules(context, "egress.allow", egress.Allow),
            .. widens ? [] : Rules(context, "request.allow", context.Request.Allow)];
        List<EgressRule> deny = [.. Refusals(context, "egress.deny", egress.Deny),
            .. Refusals(context, "request.deny", context.Request.Deny)];
        IReadOnlyList<SecretPlan> secrets = SecretPlanner.Plan(context, allow);
        IReadOnlyList<string> authorities = Authorities(context);
        if (allow.Count == 0) return null;

        EgressWarnings.Add(context, allow);
        return new EgressPlan
        {
            Allow = [.. allow.Select(planned => planned.Rule)],
            Deny = deny,
            Secrets = secrets,
            Resolvers = egress.Resolvers,
            Authorities = authorities,
            UpstreamProxy = egress.Proxy,
            NamesPerWildcard = egress.NamesPerWildcard,
            Connections = egress.Connections,
        };
    }

    private static IEnumerable<PlannedRule> Rules(PlanContext context, string list, IReadOnlyList<EgressEntry> entries)
    {
        for (int index = 0; index < entries.Count; index++)
        {
            string path = $"{list}[{index}]";
            foreach (EgressRule rule in RuleExpander.Allow(entries[index], path, Resolve(context, path, entries[index])))
                yield return new PlannedRule(path, rule);
        }
    }

    private static IEnumerable<EgressRule> Refusals(PlanContext context, string list, IReadOnlyList<EgressEntry> entries) =>
        entries.SelectMany((entry, index) => RuleExpander.Deny(entry, $"{list}[{index}]", Resolve(context, null, entry)));

    private static IReadOnlyList<PresetHost>? Resolve(PlanContext context, string? path, EgressEntry entry)
    {
        if (entry.Preset is not { } name || EgressPresets.Find(name) is not { } preset) return null;
        PresetResolution resolution = EgressPresets.Resolve(preset, context.Host);
        foreach (PresetNotice notice in resolution.Notices)
        {
            if (path is null || (notice.Code is "preset-internal" && entry.Internal)) continue;
            context.Warning(notice.Code, path, notice.Message, notice.Hint);
        }

        return resolution.Hosts;
    }

    private static List<string> Authorities(PlanContext context)
    {
        var files = new List<string>();
        for (int index = 0; index < context.Policy.Egress.Authorities.Count; index++)
        {
            string given = context.Policy.Egress.Authorities[index];
            string path = $"egress.authorities[{index}]";
            if (SourcePath.Absolute(context, given, out string absolute) is { } form)
            {
                context.Error("path-form", path, $"the file '{Problems.Printable.Of(given)}' {form}", "Write an absolute path, ~/… or ./…");
                continue;
            }

            HostPath found = context.Host.ResolvePath(absolute);
            if (found.Kind == HostPathKind.File) files.Add(found.RealPath);
            else
                context.Error("authority-missing", path, $"'{Problems.Printable.Of(absolute)}' {found.Error ?? "is no file"}",
                    "Name a PEM file with the certificates of authorities");
        }

        return files;
    }

    private static string Name(EgressEntry entry) => entry.Preset ?? entry.Host ?? "";
}

/// <summary>A rule and the entry it comes from.</summary>
/// <param name="Path">Path of the entry: `egress.allow[0]`.</param>
/// <param name="Rule">The rule.</param>
internal sealed record PlannedRule(string Path, EgressRule Rule);
