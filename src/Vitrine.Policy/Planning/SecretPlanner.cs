using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Planning;

/// <summary>Plans secrets: where each comes from on this host, and that it can only go where its hosts' certificates are checked.</summary>
internal static class SecretPlanner
{
    /// <summary>The secrets; rules that cover a host of one become inspected.</summary>
    public static IReadOnlyList<SecretPlan> Plan(PlanContext context, List<PlannedRule> rules)
    {
        var secrets = new List<SecretPlan>();
        foreach (SecretSettings secret in context.Policy.Secrets)
        {
            for (int index = 0; index < secret.Hosts.Count; index++) Cover(context, rules, secret, index);
            if (Source(context, secret) is { } source)
                secrets.Add(new SecretPlan
                {
                    Name = secret.Name,
                    From = source,
                    Hosts = secret.Hosts,
                    Headers = secret.Headers,
                    BodyFields = secret.Body,
                });
        }

        return secrets;
    }

    private static void Cover(PlanContext context, List<PlannedRule> rules, SecretSettings secret, int index)
    {
        string host = secret.Hosts[index];
        string path = $"secrets.{secret.Name}.hosts[{index}]";
        bool hasTls = false;
        bool hasOther = false;
        var decided = new List<PortRange>();
        for (int at = 0; at < rules.Count; at++)
        {
            // A rule whose ports are all decided by earlier ones never meets this host.
            EgressRule rule = rules[at].Rule;
            if (!Overlaps(rule.Host, host) || !PortText.AnyOutside(rule.Ports, decided)) continue;
            bool covers = HostName.Covers(rule.Host, host);
            if (covers) decided.AddRange(rule.Ports);
            if (rule.Protocol == EgressProtocol.Tls) rules[at] = rules[at] with { Rule = Inspect(context, path, rule, secret.Name, host) };
            hasTls |= covers && rule.Protocol == EgressProtocol.Tls;
            hasOther |= covers;
        }

        if (hasTls) return;
        context.Error("secret-uncovered", path, hasOther
                ? $"the secret {secret.Name} is for {host}, which is only reached without TLS, where anybody on the way could read it"
                : $"the secret {secret.Name} is for {host}, which no rule allows",
            hasOther ? $"Allow {host} over TLS" : $"Add `- {host}` below egress.allow");
    }

    private static EgressRule Inspect(PlanContext context, string path, EgressRule rule, string secret, string host)
    {
        if (rule.AllowEch)
            context.Error("rule-ech", path,
                $"the secret {secret} makes {rule.Id} an inspected rule, and that lets through a hello that hides where it goes",
                "Remove `ech: allow` from the rule");
        if (!rule.Inspect && !string.Equals(rule.Host, host, StringComparison.Ordinal) && !HostName.Covers(host, rule.Host))
            context.Note("secret-wildcard", path,
                $"the secret {secret} for {host} makes {rule.Id} an inspected rule for every name of {rule.Host}",
                $"Put a rule for {host} alone before it to look into nothing else");
        return rule with { Inspect = true };
    }

    // The rule of a wildcard secret may be about one of its names; a rule's wildcard may cover more than the secret's.
    private static bool Overlaps(string rule, string host) => HostName.Covers(rule, host) || HostName.Covers(host, rule);

    private static SecretSource? Source(PlanContext context, SecretSettings secret)
    {
        string path = $"secrets.{secret.Name}.from";
        switch (secret.From.Kind)
        {
            case SecretSourceKind.Environment:
                if (!context.Request.HostEnvironment.TryGetValue(secret.From.Text, out string? value) || value.Length == 0)
                    context.Warning("secret-unset", path, $"the host variable {secret.From.Text} of the secret {secret.Name} is not set",
                        "Set it before a sandbox is started with this policy");
                return secret.From;
            case SecretSourceKind.Command:
                return secret.From;
            default:
                if (SourcePath.Absolute(context, secret.From.Text, out string absolute) is { } form)
                {
                    context.Error("path-form", path, $"the file '{Problems.Printable.Of(secret.From.Text)}' {form}",
                        "Write an absolute path, ~/… or ./…");
                    return null;
                }

                if (context.Host.ResolvePath(absolute) is { Kind: not HostPathKind.File } found)
                    context.Warning("secret-unset", path,
                        $"'{Problems.Printable.Of(absolute)}' of the secret {secret.Name} {found.Error ?? "is no file"}",
                        "Make it before a sandbox is started with this policy");
                return secret.From with { Text = absolute };
        }
    }
}
