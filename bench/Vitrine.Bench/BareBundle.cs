using System.Text.Json.Nodes;
using Vitrine.Policy.Plans;

namespace Vitrine.Bench;

/// <summary>How the bundle that bare crun runs is filtered.</summary>
internal enum BareFilter
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By the whole allow-list as JSON, which crun compiles for each container.</summary>
    Profile,

    /// <summary>By the compiled allow-list, through crun's annotation.</summary>
    Compiled,
}

/// <summary>
/// An OCI bundle with what a sandbox of the plan has: namespaces, id mapping, limits, masks, read-only /usr, memory file systems, no
/// capabilities. Not the guest, the ID-mapped overlay, Landlock, the keeper, the audit trail or the check of the live mounts.
/// </summary>
internal static class BareBundle
{
    // Far above the ranges that the engine gives to sandboxes.
    private const uint FirstHostId = 0x3FF0_0000;

    private static readonly string[] s_masked =
    [
        "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/kallsyms", "/proc/modules", "/proc/sysrq-trigger",
        "/sys/firmware", "/sys/kernel", "/sys/module",
    ];

    private static readonly string[] s_namespaces = ["pid", "network", "ipc", "uts", "mount", "cgroup", "user"];

    /// <summary>Writes the bundle and returns its directory.</summary>
    /// <param name="parent">Directory it is made in.</param>
    /// <param name="plan">What it is to be like.</param>
    /// <param name="filter">How it is filtered.</param>
    /// <param name="allowList">The allow-list as JSON.</param>
    public static string Write(string parent, SandboxPlan plan, BareFilter filter, string allowList)
    {
        var bundle = Directory.CreateDirectory(Path.Combine(parent, "bundle-" + filter)).FullName;
        var root = Path.Combine(bundle, "rootfs");
        foreach (var place in plan.Tmpfs.Select(tmpfs => tmpfs.Target).Concat(["/usr", "/etc", "/proc", "/sys", "/dev"]))
            Directory.CreateDirectory(root + place);
        foreach (var link in (string[])["bin", "lib", "lib64", "sbin"])
            File.CreateSymbolicLink(Path.Combine(root, link), "usr/" + link);
        File.WriteAllText(Path.Combine(bundle, "config.json"), Config(plan, filter, allowList).ToJsonString());
        return bundle;
    }

    private static JsonObject Config(SandboxPlan plan, BareFilter filter, string allowList)
    {
        JsonObject linux = new()
        {
            ["uidMappings"] = Mapping(),
            ["gidMappings"] = Mapping(),
            ["namespaces"] = Namespaces(),
            ["cgroupsPath"] = $"/{Workshop.ControlGroup}/bare",
            ["maskedPaths"] = Strings(s_masked),
            ["readonlyPaths"] = Strings(["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"]),
            ["resources"] = Resources(plan.Limits),
        };
        if (filter == BareFilter.Profile)
            linux["seccomp"] = JsonNode.Parse(allowList);
        JsonObject config = new()
        {
            ["ociVersion"] = "1.0.0",
            ["hostname"] = plan.Hostname,
            ["root"] = new JsonObject { ["path"] = "rootfs", ["readonly"] = true },
            ["process"] = new JsonObject
            {
                ["terminal"] = false,
                ["user"] = new JsonObject { ["uid"] = plan.User.Uid, ["gid"] = plan.User.Gid },
                ["args"] = Strings(["/bin/true"]),
                ["env"] = Strings(["PATH=/usr/bin:/bin"]),
                ["cwd"] = "/",
                ["noNewPrivileges"] = true,
                ["capabilities"] = new JsonObject
                {
                    ["bounding"] = new JsonArray(),
                    ["effective"] = new JsonArray(),
                    ["permitted"] = new JsonArray()
                },
                ["rlimits"] = new JsonArray(Limit("RLIMIT_NOFILE", plan.Limits.OpenFiles), Limit("RLIMIT_CORE", 1)),
            },
            ["mounts"] = Mounts(plan),
            ["linux"] = linux,
        };
        if (filter == BareFilter.Compiled)
            config["annotations"] = new JsonObject { ["run.oci.seccomp_bpf_data"] = Convert.ToBase64String(plan.Seccomp.Command.Span) };
        return config;
    }

    private static JsonArray Mounts(SandboxPlan plan)
    {
        JsonArray mounts =
        [
            Mount("/proc", "proc", "proc", "nosuid", "nodev", "noexec"),
            Mount("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755", "size=65536k"),
            Mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"),
            Mount("/sys", "sysfs", "sysfs", "nosuid", "nodev", "noexec", "ro"),
            Mount("/usr", "bind", "/usr", "bind", "ro", "nosuid", "nodev"),
        ];
        foreach (var tmpfs in plan.Tmpfs)
            mounts.Add(Mount(tmpfs.Target, "tmpfs", "tmpfs", "nosuid", "nodev", $"size={tmpfs.SizeBytes}", $"nr_inodes={tmpfs.MaxInodes}"));
        return mounts;
    }

    private static JsonObject Resources(LimitsPlan limits)
    {
        JsonObject resources = [];
        if (HasController("memory"))
            resources["memory"] = new JsonObject { ["limit"] = limits.MemoryBytes };
        if (HasController("cpu"))
            resources["cpu"] = new JsonObject { ["quota"] = limits.CpuMillis * 100, ["period"] = 100_000 };
        if (HasController("pids"))
            resources["pids"] = new JsonObject { ["limit"] = limits.Pids };
        return resources;
    }

    private static bool HasController(string name) =>
        Directory.Exists("/sys/fs/cgroup/" + name)
        || (File.Exists("/sys/fs/cgroup/cgroup.controllers") && File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").Split().Contains(name,
            StringComparer.Ordinal));

    private static JsonArray Mapping() => [new JsonObject { ["containerID"] = 0, ["hostID"] = FirstHostId, ["size"] = 65536 }];

    private static JsonObject Limit(string type, long value) => new() { ["type"] = type, ["hard"] = value, ["soft"] = value };

    private static JsonObject Mount(string destination, string type, string source, params string[] options) =>
        new() { ["destination"] = destination, ["type"] = type, ["source"] = source, ["options"] = Strings(options) };

    private static JsonArray Strings(IEnumerable<string> values) => [.. values.Select(value => JsonValue.Create(value))];

    private static JsonArray Namespaces() =>
        [.. s_namespaces.Select(type => new JsonObject { ["type"] = type })];
}
