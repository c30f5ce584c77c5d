using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vitrine.Policy.Plans;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Compile;

/// <summary>Plans as JSON: the canonical form that the digest is over (fixed order, no spaces), and an indented one for people.</summary>
public static class PlanJson
{
    /// <summary>The canonical form, without the digest itself.</summary>
    public static byte[] Canonical(SandboxPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Write(plan, indented: false, forPeople: false);
    }

    /// <summary>For people: indented, with the digest, and with the values of variables that look like secrets left out.</summary>
    public static string ForPeople(SandboxPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return System.Text.Encoding.UTF8.GetString(Write(plan, indented: true, forPeople: true));
    }

    private static byte[] Write(SandboxPlan plan, bool indented, bool forPeople)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Indented = indented,
            NewLine = "\n",
            Encoder =
            JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        }))
        {
            json.WriteStartObject();
            if (forPeople) json.WriteString("digest", plan.Digest);
            WritePlan(json, plan, forPeople);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WritePlan(Utf8JsonWriter json, SandboxPlan plan, bool forPeople)
    {
        json.WriteString("policy", plan.PolicyName);
        json.WriteStartObject("image");
        json.WriteString("kind", plan.Image.Kind == ImageKind.Host ? "host" : "directory");
        json.WriteString("path", plan.Image.Path);
        json.WriteEndObject();
        json.WriteStartObject("user");
        json.WriteString("name", plan.User.Name);
        json.WriteNumber("uid", plan.User.Uid);
        json.WriteNumber("gid", plan.User.Gid);
        WriteTexts(json, "capabilities", CapabilityNames.FromBits(plan.User.Capabilities));
        json.WriteNumber("capability-bits", plan.User.Capabilities);
        json.WriteEndObject();
        PlanPlacesJson.Write(json, plan);
        PlanLimitsJson.Write(json, plan.Limits);
        PlanFiltersJson.Write(json, plan, forPeople);
        json.WriteStartObject("environment");
        foreach (string name in plan.Environment.Keys.Order(StringComparer.Ordinal))
            json.WriteString(name, forPeople && VariableNames.LooksSecret(name) ? "(not shown)" : plan.Environment[name]);
        json.WriteEndObject();
        PlanEgressJson.Write(json, plan.Egress);
        json.WriteString("working-directory", plan.WorkingDirectory);
        json.WriteString("hostname", plan.Hostname);
        WriteTexts(json, "required-layers", LayerNames.Of(plan.RequiredLayers));
        WriteTexts(json, "disabled-layers", LayerNames.Of(plan.DisabledLayers));
        if (plan.DebugUntil is { } until) json.WriteString("debug-until",
            until.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture));
    }

    internal static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
