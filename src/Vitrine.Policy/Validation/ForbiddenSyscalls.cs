namespace Vitrine.Policy.Validation;

/// <summary>System calls that a policy may allow only while debugging, with the reason (requirement B4).</summary>
internal static class ForbiddenSyscalls
{
    private static readonly (string Reason, string[] Names)[] s_groups =
    [
        ("it runs programs in the kernel", ["bpf"]),
        ("it reads or steers other processes", ["ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "process_madvise"]),
        ("it measures the whole machine", ["perf_event_open", "syslog", "lookup_dcookie"]),
        ("it opens a second way into the kernel that filters do not see", ["io_uring_setup", "io_uring_enter", "io_uring_register"]),
        ("it lets a program stop the kernel in the middle of a copy, which exploits need", ["userfaultfd"]),
        ("keys are not kept apart by containers", ["keyctl", "add_key", "request_key"]),
        ("it makes or joins namespaces", ["setns", "unshare"]),
        ("it changes mounts", ["mount", "umount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree", "open_tree_attr", "mount_setattr"]),
        ("it opens files past their directories", ["open_by_handle_at", "name_to_handle_at"]),
        ("it changes the kernel", ["init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "create_module"]),
        ("it governs the whole machine", ["reboot", "swapon", "swapoff", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "acct", "quotactl", "quotactl_fd", "iopl", "ioperm", "sethostname", "setdomainname", "nfsservctl", "vhangup"]),
    ];

    private static readonly Dictionary<string, string> s_reasons = s_groups
        .SelectMany(group => group.Names.Select(name => KeyValuePair.Create(name, group.Reason)))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>Why a system call is forbidden; null when it is not.</summary>
    public static string? Reason(string name) => s_reasons.GetValueOrDefault(name);
}
