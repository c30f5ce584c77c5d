using System.Globalization;
using System.Runtime.InteropServices;
using Vitrine.Linux.Hosts;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>What the kernel must bring, and what more it could.</summary>
internal static class KernelChecks
{
    private const string Area = "kernel";

    /// <summary>Looks.</summary>
    public static IEnumerable<Check> Run(HostFiles files, int landlockAbi) =>
        [Version(files), Architecture(), Seccomp(files), Landlock(files, landlockAbi), Overlay(files), .. Lsm(files), CoreDumps(files)];

    /// <summary>Looks at the running kernel.</summary>
    public static IEnumerable<Check> Run(HostFiles files) => Run(files, HostKernel.LandlockAbi());

    internal static Check Version(HostFiles files)
    {
        string release = files.Read("/proc/sys/kernel/osrelease") ?? "unknown";
        (int major, int minor) = Parse(release);
        return (major, minor) switch
        {
            // pidfd 5.3, openat2 5.6, close_range 5.9; the mount calls that carry flags and id maps 5.12 (mount_setattr(2)).
            ( < 5, _) or (5, < 12) => new Check(Area, "version", CheckStatus.Missing,
                $"{release} lacks calls that sandboxes are built with; 5.12 is the oldest that has them", "boot a kernel from 5.12 on"),
            (5, < 14) => new Check(Area, "version", CheckStatus.Weaker,
                $"{release} has no cgroup.kill (5.14): killing a fork bomb takes longer", "boot a kernel from 5.14 on"),
            _ => new Check(Area, "version", CheckStatus.Ok, release),
        };
    }

    private static Check Architecture() => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => new Check(Area, "architecture", CheckStatus.Ok, "x86-64"),
        System.Runtime.InteropServices.Architecture.Arm64 =>
            new Check(Area, "architecture", CheckStatus.Ok, "arm64 (its filters are checked by simulation, not on such a machine)"),
        var other => new Check(Area, "architecture", CheckStatus.Missing, $"{other} has no system call filter here; x86-64 and arm64 have"),
    };

    private static Check Seccomp(HostFiles files)
    {
        IReadOnlyList<string> actions = files.Words("/proc/sys/kernel/seccomp/actions_avail");
        return actions.Contains("errno", StringComparer.Ordinal) && actions.Contains("kill_process", StringComparer.Ordinal)
            ? new Check(Area, "seccomp", CheckStatus.Ok, string.Join(' ', actions))
            : new Check(Area, "seccomp", CheckStatus.Missing, "the kernel has no system call filter",
                "boot a kernel with CONFIG_SECCOMP_FILTER=y");
    }

    private static Check Landlock(HostFiles files, int abi)
    {
        if (abi > 0)
            return new Check(Area, "landlock", CheckStatus.Ok,
                string.Create(CultureInfo.InvariantCulture,
                $"ABI {abi}{(abi < 6 ? "; signals between sandboxed commands are scoped from ABI 6 on" : "")}"));
        bool built = files.Read("/proc/kallsyms")?.Contains("landlock", StringComparison.Ordinal) ?? false;
        return new Check(
            Area,
            "landlock",
            CheckStatus.Weaker,
            built ? "built in but not switched on: one layer less" : "not in this kernel: one layer less",
            built ? "add landlock to lsm= on the kernel's command line" : "boot a kernel from 5.13 on with CONFIG_SECURITY_LANDLOCK=y");
    }

    private static Check Overlay(HostFiles files) =>
        files.Words("/proc/filesystems").Contains("overlay", StringComparer.Ordinal) || files.Exists("/sys/module/overlay")
            ? new Check(Area, "overlay", CheckStatus.Ok, "there")
            : new Check(Area, "overlay", CheckStatus.Missing, "read-only mounts and writable roots need the overlay file system",
                "modprobe overlay");

    private static IEnumerable<Check> Lsm(HostFiles files)
    {
        IReadOnlyList<string> active = files.Words("/sys/kernel/security/lsm");
        string? found = active.FirstOrDefault(static l => l is "apparmor" or "selinux");
        yield return found is null
            ? new Check(Area, "lsm", CheckStatus.Weaker, "neither AppArmor nor SELinux is active: one layer less",
                "add apparmor or selinux to lsm= on the kernel's command line, where the kernel has them")
            : new Check(Area, "lsm", CheckStatus.Ok, found);
    }

    /// <summary>
    /// A handler behind a pipe runs as root on the host, fed by whatever crashes inside, and ignores a core limit of 0 (core(5)).
    /// </summary>
    private static Check CoreDumps(HostFiles files)
    {
        string pattern = files.Read("/proc/sys/kernel/core_pattern") ?? "";
        return pattern.StartsWith('|')
            ? new Check(Area, "core dumps", CheckStatus.Ok,
                $"go to the host's handler {pattern[1..].Split(' ')[0]}; sandboxes set the limit of 1 byte that stops it")
            : new Check(Area, "core dumps", CheckStatus.Ok, "no handler");
    }

    private static (int Major, int Minor) Parse(string release)
    {
        string[] parts = release.Split('.', 3);
        return parts.Length >= 2
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int major)
            && int.TryParse(new string([.. parts[1].TakeWhile(char.IsAsciiDigit)]), CultureInfo.InvariantCulture, out int minor)
            ? (major, minor)
            : (0, 0);
    }
}
