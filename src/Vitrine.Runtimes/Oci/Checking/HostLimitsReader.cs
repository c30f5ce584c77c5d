using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Namespaces;
using Vitrine.Linux.Processes;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Configuration;

namespace Vitrine.Runtimes.Oci.Checking;

/// <summary>What this host can limit, and what that means for a plan.</summary>
internal static class HostLimitsReader
{
    private const int CAP_SYS_RESOURCE = 24;

    /// <summary>Looks at this host.</summary>
    public static HostLimits Read(IReadOnlyList<CgroupHierarchy> hierarchies)
    {
        bool Has(string controller) => hierarchies.Any(h => h.Controllers.Contains(controller));

        CgroupHierarchy? memory = hierarchies.FirstOrDefault(static h => h.Controllers.Contains("memory"));
        CgroupHierarchy? cpu = hierarchies.FirstOrDefault(static h => h.Controllers.Contains("cpu"));
        bool swap = memory is not null && (memory.Unified || File.Exists(memory.MountPoint + "/memory.memsw.usage_in_bytes"));
        bool bandwidth = cpu is not null && (cpu.Unified || File.Exists(cpu.MountPoint + "/cpu.cfs_quota_us") || File.Exists(cpu.MountPoint + "/cpu.stat"));
        string status = File.ReadAllText("/proc/self/status");
        bool raise = OwnUserNamespace.IsInitial && (ProcessStatus.Hex(status, "CapEff") & (1UL << CAP_SYS_RESOURCE)) != 0;
        return new HostLimits(memory is not null, swap, bandwidth, Has("pids"), raise ? ulong.MaxValue : ResourceLimit.Hard(ResourceLimit.OpenFiles), raise);
    }

    /// <summary>Refuses a plan whose limits this host cannot hold, unless the policy says `best-effort` for them.</summary>
    /// <exception cref="RuntimeException">`limit-unavailable`.</exception>
    public static void Require(LimitsPlan limits, HostLimits host)
    {
        Require(limits, "memory", host.Memory, Why("the memory controller is not mounted (mount -t cgroup -o memory memory /sys/fs/cgroup/memory, or boot with cgroup_enable=memory)"));
        Require(limits, "memory", !host.Memory || host.Swap || NoSwap(), "swap is on but not accounted (boot with swapaccount=1, or swapoff -a)");
        Require(limits, "cpus", host.Cpu, Why("the cpu controller is not mounted or was built without bandwidth control"));
        Require(limits, "pids", host.Pids, Why("the pids controller is not mounted"));
        Require(limits, "open-files", host.OpenFiles >= (ulong)limits.OpenFiles,
            $"this process may give at most {host.OpenFiles} (raise its hard limit: ulimit -Hn, or LimitNOFILE= of the service)");
    }

    /// <summary>Without root there is one reason only: no control group of this user's own.</summary>
    private static string Why(string asRoot) => OwnUserNamespace.IsInitial
        ? asRoot
        : "without root it needs a control group that was delegated to this user. Get one: systemd-run --user --scope -p Delegate=yes vitrine … — or run as root";

    private static void Require(LimitsPlan limits, string name, bool held, string why)
    {
        if (!held && !limits.BestEffort.Contains(name))
            throw new RuntimeException("limit-unavailable", $"The limit `{name}` cannot be held on this host: {why}. To start without it, say --best-effort {name}, or list it under limits: best-effort in the policy.");
    }

    private static bool NoSwap() => File.ReadLines("/proc/swaps").Skip(1).All(string.IsNullOrWhiteSpace);
}
