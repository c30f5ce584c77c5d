using System.Globalization;
using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Mounts;
using Vitrine.Linux.Namespaces;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Configuration;
using Vitrine.Runtimes.Oci.Identity;

namespace Vitrine.Runtimes.Oci.Checking;

/// <summary>
/// Reads from the host what each layer does for one live sandbox: what counts is what the kernel says of the guest's process, not what was asked for.
/// Landlock and deadlines are not the runtime's, and are reported by those who hold them.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="pid">The guest's process.</param>
/// <param name="cgroup">The sandbox's control group.</param>
/// <param name="host">What this host can limit.</param>
internal sealed class LayerCheck(SandboxPlan plan, int pid, ControlGroup cgroup, HostLimits host)
{
    private static readonly string[] NamespaceNames = ["pid", "mnt", "net", "ipc", "uts", "cgroup"];

    private static readonly string Absent = OwnUserNamespace.IsInitial
        ? "there is none: this host lacks the controller"
        : "there is none: no control group was delegated to this user (systemd-run --user --scope -p Delegate=yes)";

    private readonly string _status = File.ReadAllText(Proc(pid, "status"));

    /// <summary>Checks all layers.</summary>
    /// <param name="ids">Which ids stand behind those inside.</param>
    /// <param name="imageMapped">Whether the image's mounts are ID-mapped.</param>
    /// <param name="mounts">The guest's mounts, found to be as planned.</param>
    public IReadOnlyList<LayerReport> Run(IdMap ids, bool imageMapped, IReadOnlyList<MountEntry> mounts) =>
    [
        UserNamespace(ids),
        Namespaces(),
        Report(Layer.Capabilities, ProcessStatus.Hex(_status, "CapBnd") == GuestIdentity.CapabilityBits && ProcessStatus.Hex(_status, "CapEff") == GuestIdentity.CapabilityBits,
            "guest: SETUID, SETGID, SETPCAP, KILL in its own user namespace; commands: none", $"the guest's bounding set is {ProcessStatus.Field(_status, "CapBnd")}"),
        Report(Layer.NoNewPrivileges, ProcessStatus.Field(_status, "NoNewPrivs") == "1", "set on the first process, inherited by all", "NoNewPrivs is not 1"),
        Report(Layer.Seccomp, ProcessStatus.Field(_status, "Seccomp") == "2", "outer filter on the first process", "the plan has no outer filter, or the runtime did not load it"),
        Module(Layer.AppArmor, "/sys/kernel/security/apparmor", "no profile is loaded for sandboxes"),
        Module(Layer.SeLinux, "/sys/fs/selinux", "no label is set for sandboxes"),
        Report(Layer.ReadOnlyRoot, true, plan.Root.Writable ? "writes go to a layer of memory that is thrown away" : "read-only", ""),
        Report(Layer.IdMappedImage, imageMapped, "stored ids 0-65535 shown as the sandbox's own", OwnUserNamespace.IsInitial ? "the image's file system takes no ID mapping: its files show as nobody's" : "only root may ID-map a mount of the host's: the image's files show as nobody's, and what others may not read cannot be read"),
        Masks(mounts),
        Network(),
        Memory(),
        Cpu(),
        Pids(),
        Report(Layer.DiskLimit, true, "every writable place but host mounts is a memory file system with a size and a number of files", ""),
        Limits(),
    ];

    private LayerReport UserNamespace(IdMap ids)
    {
        string expected = string.Join(' ', ids.Users);
        (uint first, uint count) = (ids.Users[0].Outside, ids.Users[0].Count);
        string how = OwnUserNamespace.IsInitial ? $"ids 0-65535 are {first}-{first + count - 1} on the host"
            : "one range shared by this user's sandboxes: ids inside are the subordinate ids of this user on the host"
                + (ids.IsCaller ? "; the sandbox's user is the calling user on the host, because a writable mount needs it" : "");
        string map = string.Join(' ', File.ReadAllText(Proc(pid, "uid_map")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return Report(Layer.UserNamespace, map == expected, how, $"its mapping is {map}");
    }

    private LayerReport Namespaces()
    {
        string[] shared = [.. NamespaceNames.Where(n => Link(pid, n) == Link(Environment.ProcessId, n))];
        return Report(Layer.Namespaces, shared.Length == 0, "pid, mnt, net, ipc, uts, cgroup", $"shared with the host: {string.Join(", ", shared)}");
    }

    private LayerReport Masks(IReadOnlyList<MountEntry> mounts)
    {
        var covered = new HashSet<string>(mounts.Select(static m => m.Path), StringComparer.Ordinal);
        string[] open = [.. KernelPaths.Masked.Concat(KernelPaths.ReadOnly).Where(p => !covered.Contains(p) && Path.Exists(p))];
        return Report(Layer.MaskedPaths, open.Length == 0, $"{KernelPaths.Masked.Count(covered.Contains)} covered, {KernelPaths.ReadOnly.Count(covered.Contains)} read-only",
            $"open: {string.Join(", ", open)}");
    }

    private LayerReport Network()
    {
        string[] devices = [.. File.ReadLines(Proc(pid, "net/dev")).Skip(2).Select(static l => l.Split(':')[0].Trim())];
        return Report(Layer.NetworkNone, devices is ["lo"] or [], plan.Egress is null ? "loopback only" : "loopback only; connections leave through the gateway", $"devices: {string.Join(", ", devices)}");
    }

    private LayerReport Memory()
    {
        string? limit = ControlGroup.Read(cgroup.DirectoryOf("memory"), cgroup.IsUnified("memory") ? "memory.max" : "memory.limit_in_bytes");
        string swap = host.Swap ? "no swap" : "swap is off on the host";
        return Report(Layer.MemoryLimit, IsNear(limit, plan.Limits.MemoryBytes), $"{plan.Limits.MemoryBytes} bytes, {swap}", limit is null ? Absent : $"the limit is {limit}");
    }

    private LayerReport Cpu()
    {
        string? quota = cgroup.IsUnified("cpu") ? ControlGroup.Read(cgroup.DirectoryOf("cpu"), "cpu.max")?.Split(' ')[0] : ControlGroup.Read(cgroup.DirectoryOf("cpu"), "cpu.cfs_quota_us");
        long expected = OciConfig.CpuQuota(plan.Limits.CpuMillis);
        return Report(Layer.CpuLimit, quota == Number(expected), $"{expected} us of {OciConfig.CpuPeriod} us", quota is null ? Absent : $"the quota is {quota}");
    }

    private LayerReport Pids()
    {
        string? limit = ControlGroup.Read(cgroup.DirectoryOf("pids"), "pids.max");
        return Report(Layer.PidsLimit, limit == Number(plan.Limits.Pids), $"{plan.Limits.Pids} processes and threads", limit is null ? Absent : $"the limit is {limit}");
    }

    private LayerReport Limits()
    {
        string[] lines = File.ReadAllLines(Proc(pid, "limits"));
        string core = Row(lines, "Max core file size"), files = Row(lines, "Max open files");
        return Report(Layer.ResourceLimits, core == "1", $"core {core}, open files of the guest {files}", $"core is {core}");
    }

    private LayerReport Module(Layer layer, string path, string why)
    {
        bool there = Directory.Exists(path);
        return plan.DisabledLayers.Contains(layer)
            ? new LayerReport(layer, LayerStatus.OffByPolicy, "the policy turned it off")
            : new LayerReport(layer, LayerStatus.NotAvailable, there ? why : "this kernel does not have it");
    }

    private LayerReport Report(Layer layer, bool holds, string how, string whyNot) =>
        plan.DisabledLayers.Contains(layer) ? new LayerReport(layer, LayerStatus.OffByPolicy, "the policy turned it off")
        : holds ? new LayerReport(layer, LayerStatus.Enforced, how)
        : new LayerReport(layer, LayerStatus.NotAvailable, whyNot);

    /// <summary>The kernel rounds a limit down to whole pages.</summary>
    private static bool IsNear(string? text, long expected) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= expected && expected - value < 65536;

    private static string Row(string[] lines, string name) =>
        lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var hard, ..] ? hard : "";

    private static string? Link(int process, string name) => new FileInfo(Proc(process, "ns/" + name)).LinkTarget;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Proc(int process, string name) => string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{name}");
}
