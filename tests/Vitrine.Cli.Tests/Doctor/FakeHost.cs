using Vitrine.Cli.Commands.Doctor;
using Vitrine.Cli.Tests.Process;

namespace Vitrine.Cli.Tests.Doctor;

/// <summary>A host made of files: a current Debian with pure cgroup v2 unless a test says otherwise.</summary>
internal sealed class FakeHost
{
    private readonly string _root = TestState.NewDirectory();

    public FakeHost()
    {
        With("/proc/sys/kernel/osrelease", "6.12.1-amd64")
            .With("/proc/sys/kernel/seccomp/actions_avail", "kill_process kill_thread trap errno user_notif trace log allow")
            .With("/proc/filesystems", "nodev\toverlay\n\text4")
            .With("/sys/kernel/security/lsm", "capability,landlock,apparmor")
            .With("/proc/sys/kernel/core_pattern", "core")
            .With("/proc/self/mounts", "/dev/vda / ext4 rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0")
            .With("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids")
            .With("/proc/sys/user/max_user_namespaces", "15000")
            .With("/etc/os-release", "ID=debian")
            .With("/usr/bin/unshare", "")
            .With("/usr/bin/newgidmap", "")
            .With("/etc/subgid", Environment.UserName + ":100000:65536");
        foreach (string kind in (string[])["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"])
            With("/proc/self/ns/" + kind, "");
    }

    public HostFiles Files => new(_root);

    public FakeHost With(string path, string text)
    {
        string file = Files.Resolve(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
        return this;
    }

    public FakeHost Without(string path)
    {
        File.Delete(Files.Resolve(path));
        return this;
    }

    public IReadOnlyList<Check> Check(bool isRoot = true, int landlockAbi = 6) =>
    [
        .. KernelChecks.Run(Files, landlockAbi),
        .. NamespaceChecks.Run(Files, isRoot),
        .. CgroupChecks.Run(Files, isRoot),
    ];
}
