using System.Text.Json;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile;

/// <summary>Root, mounts and memory file systems of a plan as JSON.</summary>
internal static class PlanPlacesJson
{
    public static void Write(Utf8JsonWriter json, SandboxPlan plan)
    {
        json.WriteStartObject("root");
        json.WriteBoolean("writable", plan.Root.Writable);
        json.WriteNumber("size-bytes", plan.Root.SizeBytes);
        json.WriteNumber("inodes", plan.Root.MaxInodes);
        json.WriteEndObject();
        json.WriteStartArray("mounts");
        foreach (MountPlan mount in plan.Mounts) WriteMount(json, mount);
        json.WriteEndArray();
        json.WriteStartArray("tmpfs");
        foreach (TmpfsPlan place in plan.Tmpfs) WriteTmpfs(json, place);
        json.WriteEndArray();
    }

    private static void WriteMount(Utf8JsonWriter json, MountPlan mount)
    {
        json.WriteStartObject();
        json.WriteString("source", mount.Source);
        json.WriteString("target", mount.Target);
        json.WriteString("access", mount.ReadOnly ? "ro" : "rw");
        json.WriteBoolean("exec", mount.Executable);
        json.WriteString("owner", mount.MapRootOwner ? "root" : "user");
        PlanJson.WriteTexts(json, "masks", mount.Masks);
        json.WriteEndObject();
    }

    private static void WriteTmpfs(Utf8JsonWriter json, TmpfsPlan place)
    {
        json.WriteStartObject();
        json.WriteString("path", place.Target);
        json.WriteNumber("size-bytes", place.SizeBytes);
        json.WriteNumber("inodes", place.MaxInodes);
        json.WriteString("mode", Convert.ToString(place.Mode, 8).PadLeft(4, '0'));
        json.WriteBoolean("exec", place.Executable);
        json.WriteString("owner", place.OwnedByUser ? "user" : "root");
        json.WriteEndObject();
    }
}
