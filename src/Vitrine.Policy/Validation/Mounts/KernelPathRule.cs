namespace Vitrine.Policy.Validation.Mounts;

/// <summary>The root, the kernel's own file systems, and the directories that are the running system.</summary>
internal static class KernelPathRule
{
    private static readonly (string Path, bool AndBelow, string Reason)[] s_refused =
    [
        ("/", false, "it is the whole host"),
        ("/proc", true, "the kernel's /proc steers and shows every process of the host"),
        ("/sys", true, "the kernel's /sys steers the host's devices"),
        ("/dev", true, "the host's devices would be inside"),
        ("/run", true, "it holds the sockets and tokens of the host's services"),
        ("/var/run", true, "it holds the sockets and tokens of the host's services"),
        ("/boot", true, "it holds the host's kernel and boot loader"),
        ("/efi", true, "it holds the host's boot loader"),
        ("/etc", false, "it holds the host's accounts, keys and service settings"),
        ("/var", false, "it holds the state of all the host's services"),
        ("/var/lib", false, "it holds the state of all the host's services"),
    ];

    public static MountVerdict? Judge(string path)
    {
        // Where desktops mount removable disks: a place of a person's own data.
        if (PathRules.IsBelow(path, "/run/media")) return null;
        foreach ((string refused, bool andBelow, string reason) in s_refused)
        {
            if (string.Equals(path, refused, StringComparison.Ordinal) || (andBelow && PathRules.IsBelow(path, refused)))
                return new MountVerdict("mount-system", reason, "Mount the one directory of data that the job needs");
        }

        return null;
    }
}
