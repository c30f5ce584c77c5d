using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile;

/// <summary>Seccomp filters and Landlock rules of a plan as JSON. People get the filters' digests, not their bytes.</summary>
internal static class PlanFiltersJson
{
    public static void Write(Utf8JsonWriter json, SandboxPlan plan, bool forPeople)
    {
        json.WriteStartObject("seccomp");
        WriteProgram(json, "outer", plan.Seccomp.Outer, forPeople);
        if (!forPeople) json.WriteString("outer-json", plan.Seccomp.OuterJson);
        WriteProgram(json, "command", plan.Seccomp.Command, forPeople);
        json.WriteEndObject();
        json.WriteStartArray("landlock");
        foreach (LandlockPlan rule in plan.Landlock)
        {
            json.WriteStartObject();
            json.WriteString("path", rule.Path);
            json.WriteString("access", string.Create(CultureInfo.InvariantCulture, $"0x{rule.Access:x}"));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteProgram(Utf8JsonWriter json, string name, ReadOnlyMemory<byte> program, bool forPeople)
    {
        if (!forPeople)
        {
            json.WriteBase64String(name, program.Span);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("instructions", program.Length / 8);
        json.WriteString("sha256", Convert.ToHexStringLower(SHA256.HashData(program.Span)));
        json.WriteEndObject();
    }
}
