namespace Vitrine.Policy.Validation;

/// <summary>
/// System calls that a policy may add only while debugging, with the reason (requirement B4). Those no policy may add at all are in
/// <see cref="Compile.Seccomp.SyscallTable"/>.
/// </summary>
internal static class ForbiddenSyscalls
{
    private static readonly (string Reason, string[] Names)[] s_groups =
    [
        ("it reads or steers other processes", ["ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "process_madvise",
            "process_mrelease"]),
        ("it is a large kernel interface with a history of escapes", ["perf_event_open", "modify_ldt"]),
        ("it holds up the kernel in the middle of a copy, which exploits need", ["userfaultfd"]),
        ("keys outlive processes and are not wholly kept apart", ["keyctl", "add_key", "request_key"]),
        ("it makes memory that neither host nor limits can look into", ["memfd_secret"]),
    ];

    /// <summary>Why a system call needs a debugging policy; null when it needs none.</summary>
    public static string? Reason(string name)
    {
        foreach ((string reason, string[] names) in s_groups)
        {
            if (names.Contains(name, StringComparer.Ordinal)) return reason;
        }

        return null;
    }
}
