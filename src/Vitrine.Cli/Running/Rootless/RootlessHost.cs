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

    /// <summary>What is missing; null when nothing is.</summary>
    public RootlessNeed? Missing() => MissingOfKernel() ?? MissingOfUser();

    /// <summary>What keeps users from making user namespaces.</summary>
    public RootlessNeed? MissingOfKernel()
    {
        if (files.Number("/proc/sys/user/max_user_namespaces") == 0)
            return new RootlessNeed("user.max_user_namespaces is 0", "sysctl user.max_user_namespaces=15000");
        if (files.Number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
            return new RootlessNeed("only root may make user namespaces here", "sysctl kernel.unprivileged_userns_clone=1");
        return files.Number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1
            ? new RootlessNeed("AppArmor keeps user namespaces from unprivileged programs",
                "sysctl kernel.apparmor_restrict_unprivileged_userns=0")
            : null;
    }

    /// <summary>What this user lacks: programs and ids.</summary>
    public RootlessNeed? MissingOfUser()
    {
        HostPackages packages = HostPackages.Of(files);
        foreach (string file in (ReadOnlySpan<string>)["/etc/subuid", "/etc/subgid"])
        {
            if (!files.Lines(file).Any(HasRange))
            {
                return new RootlessNeed($"{user} has no range of {Needed} ids in {file}",
                    $"usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user}");
            }
        }

        if (Find("newuidmap") is null || Find("newgidmap") is null)
            return new RootlessNeed("newuidmap and newgidmap are not installed", packages.Install("uidmap"));
        return Unshare is null ? new RootlessNeed("unshare is not installed", packages.Install("util-linux")) : null;
    }

    private bool HasRange(string line) => line.Split(':') is [var name, _, var count]
        && (name == user || name == uid.ToString(CultureInfo.InvariantCulture))
        && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= Needed;

    private string? Find(string program) => s_directories.Select(d => $"{d}/{program}").FirstOrDefault(files.Exists);
}

/// <summary>Something that is missing for sandboxes without root.</summary>
/// <param name="Why">What, as part of a sentence.</param>
/// <param name="Mend">The command that mends it, for root.</param>
internal sealed record RootlessNeed(string Why, string Mend);
