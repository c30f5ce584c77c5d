namespace Vitrine.Policy.Compile.Seccomp.Data;

/// <summary>
/// System calls that are executed whatever their arguments. Those that are judged by argument are in <see cref="ConditionalRules"/>.
/// </summary>
internal static class AllowedGroups
{
    public static IReadOnlyList<SyscallGroup> All { get; } =
    [
        Group(
            "descriptors",
            "Work on descriptors a program already holds; what can be opened at all is narrowed by mounts, permissions and Landlock.",
            "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range lseek",
            "dup dup2 dup3 fcntl flock pipe pipe2",
            "sendfile splice tee vmsplice copy_file_range fsync fdatasync syncfs sync_file_range ftruncate fallocate fadvise64 readahead"),
        Group(
            "files",
            "Look at and change files; every path is resolved below a root that mounts and Landlock have narrowed.",
            "access faccessat faccessat2 stat fstat lstat newfstatat statx statfs fstatfs getdents",
            "getdents64 getcwd chdir fchdir readlink readlinkat",
            "rename renameat link linkat unlink unlinkat rmdir symlink symlinkat truncate umask utime utimes futimesat utimensat"),
        Group(
            "ownership",
            "Change owners; without CAP_CHOWN the kernel refuses all but one's own groups, and drops set-id bits.",
            "chown fchown lchown fchownat"),
        Group(
            "attributes",
            "Extended attributes: tar, cp -a and package managers copy them; `trusted.*` and `security.*` need capabilities nobody has.",
            "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr",
            "fsetxattr removexattr lremovexattr fremovexattr",
            "getxattrat listxattrat setxattrat removexattrat"),
        Group(
            "watching",
            "inotify: file watchers of build tools and test runners; counted per user namespace.",
            "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch"),
        Group(
            "memory",
            "Map, protect and lock memory of the caller; the cgroup and RLIMIT_MEMLOCK bound it.",
            "mmap munmap mremap mprotect brk madvise msync mincore mlock mlock2 mlockall munlock munlockall membarrier memfd_create",
            "pkey_alloc pkey_free pkey_mprotect map_shadow_stack mseal"),
        Group(
            "processes",
            "Start, wait for and end processes below one's own; the pid namespace and the pids limit bound them.",
            "fork vfork execve execveat exit exit_group wait4 waitid getpid getppid gettid",
            "getpgid setpgid getpgrp getsid setsid pidfd_open"),
        Group(
            "threads",
            "What libc needs for threads and locks.",
            "set_tid_address set_robust_list get_robust_list rseq futex futex_waitv futex_wait futex_wake futex_requeue getcpu"),
        Group(
            "signals",
            "Send and take signals; the pid namespace, user ids and the Landlock scope say to whom.",
            "kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending",
            "rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo rt_sigsuspend",
            "sigaltstack signalfd signalfd4 pause pidfd_send_signal restart_syscall"),
        Group(
            "time",
            "Read clocks, sleep, set timers of one's own.",
            "time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep times alarm getitimer setitimer",
            "timer_create timer_settime timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime timerfd_gettime"),
        Group(
            "scheduling",
            "Priorities and affinity of one's own; raising a priority needs a capability nobody has, the cpuset and CPU limit stay.",
            "sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam",
            "sched_getscheduler sched_setscheduler sched_getattr",
            "sched_setattr sched_get_priority_max sched_get_priority_min sched_rr_get_interval getpriority",
            "setpriority ioprio_get ioprio_set"),
        Group(
            "polling",
            "Wait for descriptors.",
            "poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2"),
        Group(
            "sockets",
            "Use sockets that `socket` let through: local, IP and routing ones; the only network device is loopback.",
            "connect bind listen accept accept4 getsockname getpeername getsockopt setsockopt shutdown",
            "sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg"),
        Group(
            "ipc",
            "System V and POSIX IPC in the sandbox's own IPC namespace (PostgreSQL, fakeroot).",
            "shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl",
            "mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr"),
        Group(
            "asynchronous-io",
            "Kernel AIO of libaio (databases); unlike io_uring it does reads and writes only.",
            "io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents"),
        Group(
            "identity",
            "Read ids, and change them where the kernel finds the right: commands have no capability.",
            "getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid",
            "setregid setresuid setresgid setfsuid setfsgid setgroups",
            "capget capset"),
        Group(
            "resources",
            "Read limits, usage and what the machine is called.",
            "getrlimit getrusage sysinfo uname getrandom"),
        Group(
            "narrowing",
            "Landlock can only take away.",
            "landlock_create_ruleset landlock_add_rule landlock_restrict_self"),
        Group(
            "kernel-trampolines",
            "Made by the kernel itself where the host's administrator traces a shared program; called from elsewhere they raise SIGILL.",
            "uretprobe uprobe"),
    ];

    private static SyscallGroup Group(string name, string reason, params string[] names) =>
        new(name, reason, SeccompVerdict.Allow, Never: false, [.. names.SelectMany(line => line.Split(' '))]);
}
