namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>
/// System calls that are not executed. ENOSYS where a program then falls back to an older call, EPERM where the attempt itself is out of
/// place. `never`: no policy can add them, because they would undo another layer or go around the filter.
/// </summary>
internal static class RefusedGroups
{
    private static readonly SeccompVerdict s_eperm = SeccompVerdict.Errno(Errno.EPERM);
    private static readonly SeccompVerdict s_enosys = SeccompVerdict.Errno(Errno.ENOSYS);

    public static IReadOnlyList<SyscallGroup> All { get; } =
    [
        Never("namespaces", "Joins another namespace.", s_eperm, "setns"),
        Never(
            "opaque-clone",
            "Its flags lie behind a pointer a filter cannot follow, so new namespaces could not be told apart; libc falls back to clone.",
            s_enosys,
            "clone3"),
        Never(
            "io-uring",
            "Opens files and sockets without passing the filter, and has been the kernel's richest source of escapes.",
            s_enosys,
            "io_uring_setup io_uring_enter io_uring_register"),
        Never(
            "mounts",
            "Changes what paths mean; masks, read-only mounts and Landlock rest on that.",
            s_eperm,
            "mount umount2 pivot_root chroot open_tree open_tree_attr move_mount fsopen fsconfig fsmount fspick mount_setattr"),
        Never(
            "mount-listing",
            "Tells of mounts and namespaces beyond what /proc shows; new, so that programs have another way.",
            s_enosys,
            "statmount listmount listns"),
        Never("file-handles", "Opens files by number, past every path rule.", s_eperm, "open_by_handle_at"),
        Refused("file-handle-names", "Makes the numbers that open_by_handle_at wants; answered as a file system without them.",
            SeccompVerdict.Errno(Errno.EOPNOTSUPP), "name_to_handle_at"),
        Never("kernel-programs", "Loads programs into the kernel.", s_eperm, "bpf"),
        Never(
            "kernel-modules",
            "Loads code into the kernel or replaces it.",
            s_eperm,
            "init_module finit_module delete_module kexec_load kexec_file_load"),
        Never(
            "machine",
            "Governs the host: power, swap, accounting, quotas, names, ports, kernel log.",
            s_eperm,
            "reboot swapon swapoff acct quotactl quotactl_fd sethostname setdomainname iopl ioperm syslog vhangup"),
        Never("host-clock", "Sets or disciplines the host's clock.", s_eperm, "settimeofday clock_settime adjtimex clock_adjtime"),
        Never("host-flush", "Writes back every file system of the host; reported as done. fsync and syncfs on one's own files do work.",
            SeccompVerdict.Errno(0), "sync"),
        Never("file-marks", "Watches or holds up whole file systems.", s_eperm, "fanotify_init fanotify_mark"),
        Refused(
            "tracing",
            "Reads and writes other processes; debuggers need it, and a policy can add it by name.",
            s_eperm,
            "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp"),
        Refused("profiling", "A large kernel interface with a history of escapes.", s_eperm, "perf_event_open"),
        Refused(
            "fault-handling",
            "Lets a program hold a kernel thread in mid-copy, the standard help for races in the kernel.",
            s_eperm,
            "userfaultfd"),
        Refused("keyrings", "Kernel keyrings outlive processes and are not wholly namespaced.", s_eperm, "add_key request_key keyctl"),
        Refused("segments", "16-bit segments (very old Windows programs); a history of escapes.", s_eperm, "modify_ldt"),
        Refused(
            "numa",
            "Where memory lies among the host's nodes; answered as a kernel without NUMA, which runtimes handle.",
            s_enosys,
            "get_mempolicy set_mempolicy mbind migrate_pages move_pages set_mempolicy_home_node"),
        Refused(
            "memory-of-others",
            "Tells what others keep in the page cache, or advises on and reaps memory of other processes.",
            s_enosys,
            "cachestat process_madvise process_mrelease"),
        Refused("hidden-memory", "Memory that neither host nor limits can look into.", s_enosys, "memfd_secret"),
        Refused("file-flags", "Inode flags and project ids, new in 6.17; nothing needs them yet.", s_enosys, "file_getattr file_setattr"),
        Refused(
            "lsm",
            "Labels of the host's security modules, new in 6.8; nothing needs them inside.",
            s_enosys,
            "lsm_get_self_attr lsm_set_self_attr lsm_list_modules"),
        Never(
            "gone",
            "Obsolete, unimplemented or removed: a smaller kernel to attack where one still has them.",
            s_enosys,
            "uselib sysfs ustat _sysctl nfsservctl lookup_dcookie remap_file_pages create_module get_kernel_syms query_module",
            "getpmsg putpmsg afs_syscall tuxcall security vserver epoll_ctl_old epoll_wait_old set_thread_area get_thread_area"),
    ];

    private static SyscallGroup Never(string name, string reason, SeccompVerdict verdict, params string[] names) =>
        new(name, reason, verdict, Never: true, [.. names.SelectMany(line => line.Split(' '))]);

    private static SyscallGroup Refused(string name, string reason, SeccompVerdict verdict, params string[] names) =>
        new(name, reason, verdict, Never: false, [.. names.SelectMany(line => line.Split(' '))]);
}
