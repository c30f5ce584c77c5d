using System.Globalization;
using Vitrine.Cli.Commands.Doctor;

namespace Vitrine.Cli.Running.Rootless;

/// <summary>What a user who is not root needs of this host to make a user namespace with 65,536 ids.</summary>
/// <param name="files">The host.</param>
/// <param name="user">The user's name.</param>
/// <param name="uid">The user's id.</param>
internal sealed class RootlessHost(HostFiles files, string user, uint uid)
{
    private const long Needed = 65535;
    private static readonly string[] s_directories = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>`unshare` of util-linux; null when it is not there.</summary>
    public string? Unshare => Find("unshare");

    /// <summary>What is missing, as a sentence with the command that mends it; null when nothing is.</summary>
    public string? Missing()
    {
        HostPackages packages = HostPackages.Of(files);
        if (files.Number("/proc/sys/user/max_user_namespaces") == 0)
            return "user namespaces are off (user.max_user_namespaces is 0). As root: sysctl user.max_user_namespaces=15000";
        if (files.Number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
            return "only root may make user namespaces here. As root: sysctl kernel.unprivileged_userns_clone=1";
        if (files.Number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
            return "AppArmor keeps user namespaces from unprivileged programs. As root: sysctl kernel.apparmor_restrict_unprivileged_userns=0";
        if (Unshare is null)
            return $"the program `unshare` is missing. As root: {packages.Install("util-linux")}";
        if (Find("newuidmap") is null || Find("newgidmap") is null)
            return $"the programs `newuidmap` and `newgidmap` are missing. As root: {packages.Install("uidmap")}";
        foreach (string file in (ReadOnlySpan<string>)["/etc/subuid", "/etc/subgid"])
        {
            if (!files.Lines(file).Any(HasRange))
                return $"{user} has no range of {Needed} ids in {file}. As root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user}";
        }

        return null;
    }

    private bool HasRange(string line) => line.Split(':') is [var name, _, var count]
        && (name == user || name == uid.ToString(CultureInfo.InvariantCulture))
        && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= Needed;

    private string? Find(string program) => s_directories.Select(d => $"{d}/{program}").FirstOrDefault(files.Exists);
}
