using System.Buffers;
using System.Text.Json;
using Vitrine.Linux.Namespaces;
using Vitrine.Policy.Plans;

namespace Vitrine.Runtimes.Oci.Configuration;

/// <summary>
/// The `config.json` of a sandbox (OCI runtime specification 1.0). Pure: plan in, bytes out. No text of a user becomes an annotation, a hook or a path
/// here; the file systems were built before and the runtime only takes them over.
/// </summary>
internal static class OciConfig
{
    /// <summary>Writes the file.</summary>
    public static byte[] Write(OciConfigInput input)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion", "1.0.0");
            json.WriteString("hostname", input.Plan.Hostname);
            json.WriteStartObject("root");
            json.WriteString("path", input.Stage + "/root");
            json.WriteBoolean("readonly", false); // It is read-only by its own mount already, or meant to be written.
            json.WriteEndObject();
            WriteProcess(json, input);
            WriteMounts(json, input);
            WriteAnnotations(json, input);
            WriteLinux(json, input);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteProcess(Utf8JsonWriter json, OciConfigInput input)
    {
        json.WriteStartObject("process");
        json.WriteBoolean("terminal", false);
        json.WriteStartObject("user");
        json.WriteNumber("uid", GuestIdentity.Id);
        json.WriteNumber("gid", GuestIdentity.Id);
        json.WriteNumber("umask", 0x12); // 022
        json.WriteEndObject();
        Strings(json, "args", [GuestIdentity.Path, "init"]);
        Strings(json, "env", ["PATH=/usr/bin:/bin"]);
        json.WriteString("cwd", "/");
        json.WriteStartObject("capabilities");
        foreach (string set in (ReadOnlySpan<string>)["bounding", "effective", "permitted", "inheritable", "ambient"])
            Strings(json, set, GuestIdentity.Capabilities);
        json.WriteEndObject();
        json.WriteStartArray("rlimits");
        Limit(json, "RLIMIT_NOFILE", Math.Min(Math.Max(GuestIdentity.OpenFiles, (ulong)input.Plan.Limits.OpenFiles), input.Host.OpenFiles));

        // Piped core_pattern handlers run as root on the host and ignore 0; 1 stops them (core(5)).
        Limit(json, "RLIMIT_CORE", 1);
        Limit(json, "RLIMIT_MEMLOCK", 64 * 1024);
        Limit(json, "RLIMIT_MSGQUEUE", 819_200);
        Limit(json, "RLIMIT_NICE", 0);
        Limit(json, "RLIMIT_RTPRIO", 0);
        json.WriteEndArray();
        json.WriteBoolean("noNewPrivileges", true);
        if (input.Host.LowerScore)
            json.WriteNumber("oomScoreAdj", -500); // The stranger's processes go first, not the guest that reports it.
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, OciConfigInput input)
    {
        json.WriteStartArray("mounts");
        Mount(json, "/proc", "proc", "proc", ["nosuid", "nodev", "noexec"]);

        // The runtimes leave /dev alone when it is a bind mount; each mount of it is bound by itself, for crun clones without what is below.
        Mount(json, "/dev", "bind", input.Devices, ["bind", "ro", "nosuid", "noexec"]);
        foreach ((string name, string path) in input.BoundDevices)
            Mount(json, "/dev/" + name, "bind", path, ["bind", "ro", "nosuid", "noexec"]);
        Mount(json, "/dev/pts", "bind", input.Stage + "/pts", ["bind", "nosuid", "noexec"]);

        // Inside a user namespace flags that are locked must all be named, or runc's remount is refused (mount_namespaces(7)).
        if (input.Plan.Tmpfs.FirstOrDefault(static t => t.Target == "/dev/shm") is { } shm)
            Mount(json, "/dev/shm", "bind", input.Stage + "/shm", shm.Executable ? ["bind", "nosuid", "nodev"] : ["bind", "nosuid", "nodev", "noexec"]);
        Mount(json, "/sys", "sysfs", "sysfs", ["nosuid", "nodev", "noexec", "ro"]);
        json.WriteEndArray();
    }

    private static void WriteAnnotations(Utf8JsonWriter json, OciConfigInput input)
    {
        if (!input.CompiledFilter || !HasFilter(input.Plan))
            return;
        json.WriteStartObject("annotations");
        json.WriteBase64String("run.oci.seccomp_bpf_data", input.Plan.Seccomp.Outer.Span);
        json.WriteEndObject();
    }

    private static void WriteLinux(Utf8JsonWriter json, OciConfigInput input)
    {
        json.WriteStartObject("linux");
        if (!input.Plan.DisabledLayers.Contains(Layer.UserNamespace))
        {
            Mapping(json, "uidMappings", input.Ids.Users);
            Mapping(json, "gidMappings", input.Ids.Groups);
        }

        json.WriteStartArray("namespaces");
        foreach (string type in (ReadOnlySpan<string>)["pid", "network", "ipc", "uts", "mount", "cgroup", "user"])
        {
            if (type == "user" && input.Plan.DisabledLayers.Contains(Layer.UserNamespace))
                continue;
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (input.CgroupsPath is not null)
            json.WriteString("cgroupsPath", input.CgroupsPath);
        json.WriteString("rootfsPropagation", "private");
        json.WriteStartObject("sysctl");
        json.WriteString("net.ipv4.ip_unprivileged_port_start", "0");
        json.WriteString("net.ipv4.ping_group_range", "1 0");
        json.WriteEndObject();
        if (!input.Plan.DisabledLayers.Contains(Layer.MaskedPaths))
        {
            Strings(json, "maskedPaths", KernelPaths.Masked);
            Strings(json, "readonlyPaths", KernelPaths.ReadOnly);
        }

        if (input.CgroupsPath is not null)
            WriteResources(json, input);
        if (!input.CompiledFilter && HasFilter(input.Plan))
        {
            json.WritePropertyName("seccomp");
            json.WriteRawValue(input.Plan.Seccomp.OuterJson);
        }

        json.WriteEndObject();
    }

    private static void WriteResources(Utf8JsonWriter json, OciConfigInput input)
    {
        LimitsPlan limits = input.Plan.Limits;
        json.WriteStartObject("resources");
        if (input.Host.Memory)
        {
            json.WriteStartObject("memory");
            json.WriteNumber("limit", limits.MemoryBytes);
            if (input.Host.Swap)
                json.WriteNumber("swap", limits.MemoryBytes); // Memory and swap together: the same number means no swap.
            json.WriteEndObject();
        }

        if (input.Host.Cpu)
        {
            json.WriteStartObject("cpu");
            json.WriteNumber("quota", CpuQuota(limits.CpuMillis));
            json.WriteNumber("period", CpuPeriod);
            json.WriteEndObject();
        }

        if (input.Host.Pids)
        {
            json.WriteStartObject("pids");
            json.WriteNumber("limit", limits.Pids);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Microseconds of a CPU period: the kernel's default.</summary>
    public const long CpuPeriod = 100_000;

    /// <summary>Microseconds of CPU time in each period; the kernel takes no less than 1,000.</summary>
    public static long CpuQuota(int cpuMillis) => Math.Max(1000, cpuMillis * (CpuPeriod / 1000));

    private static bool HasFilter(SandboxPlan plan) =>
        !plan.DisabledLayers.Contains(Layer.Seccomp) && (plan.Seccomp.Outer.Length > 0 || plan.Seccomp.OuterJson.Length > 0);

    private static void Mapping(Utf8JsonWriter json, string name, IReadOnlyList<IdRange> ranges)
    {
        json.WriteStartArray(name);
        foreach (IdRange range in ranges)
        {
            json.WriteStartObject();
            json.WriteNumber("containerID", range.Inside);
            json.WriteNumber("hostID", range.Outside);
            json.WriteNumber("size", range.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Mount(Utf8JsonWriter json, string destination, string type, string source, ReadOnlySpan<string> options)
    {
        json.WriteStartObject();
        json.WriteString("destination", destination);
        json.WriteString("type", type);
        json.WriteString("source", source);
        json.WriteStartArray("options");
        foreach (string option in options)
            json.WriteStringValue(option);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Limit(Utf8JsonWriter json, string type, ulong value)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteNumber("hard", value);
        json.WriteNumber("soft", value);
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
