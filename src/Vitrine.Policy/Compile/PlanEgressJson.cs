using System.Text.Json;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile;

/// <summary>The way out of a plan as JSON; nothing at all where there is none.</summary>
internal static class PlanEgressJson
{
    public static void Write(Utf8JsonWriter json, EgressPlan? egress)
    {
        if (egress is null) return;
        json.WriteStartObject("egress");
        WriteRules(json, "allow", egress.Allow);
        WriteRules(json, "deny", egress.Deny);
        json.WriteStartArray("secrets");
        foreach (SecretPlan secret in egress.Secrets) WriteSecret(json, secret);
        json.WriteEndArray();
        PlanJson.WriteTexts(json, "resolvers", egress.Resolvers);
        PlanJson.WriteTexts(json, "authorities", egress.Authorities);
        json.WriteString("proxy", egress.UpstreamProxy);
        json.WriteNumber("names-per-wildcard", egress.NamesPerWildcard);
        json.WriteNumber("connections", egress.Connections);
        json.WriteEndObject();
    }

    private static void WriteRules(Utf8JsonWriter json, string name, IReadOnlyList<EgressRule> rules)
    {
        json.WriteStartArray(name);
        foreach (EgressRule rule in rules)
        {
            json.WriteStartObject();
            WriteRule(json, rule);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The members of a rule.</summary>
    public static void WriteRule(Utf8JsonWriter json, EgressRule rule)
    {
        json.WriteString("id", rule.Id);
        json.WriteString("host", rule.Host);
        PlanJson.WriteTexts(json, "ports", rule.Ports.Select(Egress.PortText.Of));
        json.WriteString("protocol", Reading.EntryReader.Name(rule.Protocol));
        json.WriteBoolean("inspect", rule.Inspect);
        PlanJson.WriteTexts(json, "methods", rule.Methods);
        PlanJson.WriteTexts(json, "paths", rule.Paths);
        json.WriteBoolean("internal", rule.Internal);
        json.WriteString("ech", rule.AllowEch ? "allow" : "refuse");
        WriteAmount(json, "bytes", rule.Bytes);
        WriteAmount(json, "rate", rule.BytesPerSecond);
    }

    private static void WriteSecret(Utf8JsonWriter json, SecretPlan secret)
    {
        json.WriteStartObject();
        json.WriteString("name", secret.Name);
        json.WriteStartObject("from");
        json.WriteString("kind", secret.From.Kind.ToString().ToLowerInvariant());
        json.WriteString("text", secret.From.Text);
        PlanJson.WriteTexts(json, "command", secret.From.Command);
        json.WriteEndObject();
        PlanJson.WriteTexts(json, "hosts", secret.Hosts);
        PlanJson.WriteTexts(json, "headers", secret.Headers);
        PlanJson.WriteTexts(json, "body", secret.BodyFields);
        json.WriteEndObject();
    }

    private static void WriteAmount(Utf8JsonWriter json, string name, long? amount)
    {
        if (amount is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
