using System.Globalization;
using Vitrine.Linux.Cgroups;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Configuration;

namespace Vitrine.Runtimes.Oci.Rootless;

/// <summary>
/// The control group of one sandbox in a delegated subtree. It is made here and the runtime started in it: the runtimes themselves want to write to
/// every group above, which is not ours.
/// </summary>
internal static class DelegatedGroup
{
    /// <summary>Makes the group with the plan's limits.</summary>
    /// <exception cref="RuntimeException">`limit-unavailable`: the kernel took a limit not.</exception>
    public static void Make(ControlGroup group, LimitsPlan limits, HostLimits host)
    {
        string directory = group.UnifiedDirectory!;
        Directory.CreateDirectory(directory);
        if (host.Memory)
        {
            Write(directory, "memory.max", Number(limits.MemoryBytes));
            if (host.Swap && File.Exists(directory + "/memory.swap.max"))
                Write(directory, "memory.swap.max", "0");
        }

        if (host.Cpu)
            Write(directory, "cpu.max", $"{Number(OciConfig.CpuQuota(limits.CpuMillis))} {Number(OciConfig.CpuPeriod)}");
        if (host.Pids)
            Write(directory, "pids.max", Number(limits.Pids));
    }

    /// <summary>The command that enters the group and becomes another: nothing of it is ever outside.</summary>
    /// <param name="group">The group.</param>
    /// <param name="command">Path of the program, then its arguments, the program's name first.</param>
    public static string[] Enter(ControlGroup group, params ReadOnlySpan<string> command) =>
        ["sh", "-c", "echo 0 >\"$0\" || exit 125; exec \"$@\"", group.UnifiedDirectory + "/cgroup.procs", .. command];

    private static void Write(string directory, string file, string value)
    {
        try
        {
            File.WriteAllText($"{directory}/{file}", value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeException("limit-unavailable", $"{directory}/{file} does not take {value}: {e.Message} Start inside a delegated control group: systemd-run --user --scope -p Delegate=yes vitrine …", e);
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
