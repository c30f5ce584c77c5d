namespace Vitrine.Linux.Processes;

/// <summary>The limits of this process, which a child can only lower without CAP_SYS_RESOURCE (getrlimit(2)).</summary>
public static unsafe class ResourceLimit
{
    /// <summary>RLIMIT_CORE: bytes of a core dump.</summary>
    public const int Core = 4;

    /// <summary>RLIMIT_NOFILE: one more than the highest descriptor.</summary>
    public const int OpenFiles = 7;

    /// <summary>RLIMIT_MEMLOCK: bytes locked in memory.</summary>
    public const int LockedMemory = 8;

    /// <summary>RLIMIT_SIGPENDING: queued signals.</summary>
    public const int PendingSignals = 11;

    /// <summary>RLIMIT_MSGQUEUE: bytes in POSIX message queues.</summary>
    public const int MessageQueues = 12;

    /// <summary>The hard limit; <see cref="ulong.MaxValue"/> for none.</summary>
    /// <param name="resource">One of the constants here.</param>
    public static ulong Hard(int resource)
    {
        ulong* pair = stackalloc ulong[2];
        if (ProcessCalls.getrlimit(resource, pair) < 0)
            throw LinuxException.Last("getrlimit", resource.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return pair[1];
    }
}
