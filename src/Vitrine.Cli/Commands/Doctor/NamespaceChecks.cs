using Vitrine.Cli.Running.Rootless;
using Vitrine.Linux.Hosts;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>Whether user namespaces can be made, and by whom (user_namespaces(7)).</summary>
internal static class NamespaceChecks
{
    private const string Area = "namespaces";

    /// <summary>Looks.</summary>
    public static IEnumerable<Check> Run(HostFiles files, bool isRoot)
    {
        yield return UserNamespaces(files, isRoot);
        foreach (string kind in (string[])["mnt", "pid", "net", "ipc", "uts", "cgroup"])
        {
            if (!files.Exists($"/proc/self/ns/{kind}"))
                yield return new Check(Area, kind, CheckStatus.Missing, $"the kernel has no {kind} namespace");
        }

        if (!isRoot)
            yield return Ranges(files);
        yield return IdMaps(files, isRoot);
    }

    private static Check UserNamespaces(HostFiles files, bool isRoot)
    {
        if (!files.Exists("/proc/self/ns/user"))
            return new Check(Area, "user", CheckStatus.Missing, "the kernel has no user namespaces", "boot a kernel with CONFIG_USER_NS=y");
        if (files.Number("/proc/sys/user/max_user_namespaces") == 0)
            return new Check(Area, "user", CheckStatus.Missing, "user.max_user_namespaces is 0", "sysctl user.max_user_namespaces=15000");
        if (isRoot)
            return new Check(Area, "user", CheckStatus.Ok, "there; each sandbox has a range of 65,536 host ids of its own");
        return new RootlessHost(files, Environment.UserName, HostKernel.EffectiveUserId()).MissingOfKernel() is { } need
            ? new Check(Area, "user", CheckStatus.Missing, need.Why, need.Mend)
            : new Check(Area, "user", CheckStatus.Weaker, "there, without root: all sandboxes share one range of host ids");
    }

    private static Check Ranges(HostFiles files) =>
        new RootlessHost(files, Environment.UserName, HostKernel.EffectiveUserId()).MissingOfUser() is { } need
            ? new Check(Area, "id range", CheckStatus.Missing, need.Why, need.Mend)
            : new Check(Area, "id range", CheckStatus.Ok, "/etc/subuid, /etc/subgid, newuidmap, newgidmap and unshare");

    private static Check IdMaps(HostFiles files, bool isRoot)
    {
        if (!isRoot)
            return new Check(Area, "id-mapped mounts", CheckStatus.Weaker, "need root: image files keep their owners, as nobody inside");
        string type = files.Lines("/proc/self/mounts").Select(static l => l.Split(' '))
            .LastOrDefault(static m => m.Length > 3 && m[1] == "/")?[2] ?? "unknown";
        return type is "overlay" or "nfs" or "nfs4" or "cifs" or "9p" or "fuse"
            ? new Check(Area, "id-mapped mounts", CheckStatus.Weaker,
                $"the root file system is {type}, which takes no id map: image files show as nobody's inside")
            : new Check(Area, "id-mapped mounts", CheckStatus.Ok, $"the root file system is {type}");
    }
}
