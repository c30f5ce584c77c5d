using System.Text.Json;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile;

/// <summary>Limits of a plan as JSON.</summary>
internal static class PlanLimitsJson
{
    public static void Write(Utf8JsonWriter json, LimitsPlan limits)
    {
        json.WriteStartObject("limits");
        json.WriteNumber("memory-bytes", limits.MemoryBytes);
        json.WriteNumber("cpu-millis", limits.CpuMillis);
        json.WriteNumber("pids", limits.Pids);
        json.WriteNumber("open-files", limits.OpenFiles);
        json.WriteNumber("output-bytes", limits.OutputBytes);
        json.WriteNumber("wall-clock-ms", (long)limits.WallClock.TotalMilliseconds);
        json.WriteNumber("idle-ms", (long)limits.Idle.TotalMilliseconds);
        PlanJson.WriteTexts(json, "best-effort", limits.BestEffort.Order(StringComparer.Ordinal));
        json.WriteEndObject();
    }
}
