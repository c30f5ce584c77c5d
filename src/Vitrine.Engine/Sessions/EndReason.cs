namespace Vitrine.Engine.Sessions;

/// <summary>Why a command or a sandbox ended. One vocabulary for exit status, message, JSON and audit (docs/exit-codes.md).</summary>
public enum EndReason
{
    /// <summary>The command exited by itself.</summary>
    Exited,

    /// <summary>A signal ended it.</summary>
    Signaled,

    /// <summary>The kernel killed it because the sandbox's memory was full.</summary>
    Oom,

    /// <summary>It ran into the process limit.</summary>
    Pids,

    /// <summary>Its time was over.</summary>
    Timeout,

    /// <summary>Nobody used the sandbox for too long.</summary>
    IdleTimeout,

    /// <summary>It wrote more than it may.</summary>
    OutputLimit,

    /// <summary>Who asked for it gave it up.</summary>
    Cancelled,

    /// <summary>The guest broke the protocol or died: the sandbox was closed.</summary>
    GuestFault,

    /// <summary>The runtime failed.</summary>
    RuntimeFailed,

    /// <summary>Policy or host refused it before it started.</summary>
    Refused,
}

/// <summary>The reasons' names and exit codes.</summary>
public static class EndReasons
{
    /// <summary>The kebab-case name of the reason.</summary>
    public static string ToName(this EndReason reason) => reason switch
    {
        EndReason.Exited => "exited",
        EndReason.Signaled => "signaled",
        EndReason.Oom => "oom",
        EndReason.Pids => "pids",
        EndReason.Timeout => "timeout",
        EndReason.IdleTimeout => "idle-timeout",
        EndReason.OutputLimit => "output-limit",
        EndReason.Cancelled => "cancelled",
        EndReason.GuestFault => "guest-fault",
        EndReason.RuntimeFailed => "runtime-failed",
        EndReason.Refused => "refused",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    /// <summary>The exit code of a command that ended so.</summary>
    /// <param name="reason">Why it ended.</param>
    /// <param name="code">Its own exit code, for <see cref="EndReason.Exited"/>.</param>
    /// <param name="signal">The signal, for <see cref="EndReason.Signaled"/>.</param>
    public static int ToExitCode(this EndReason reason, int code, int signal) => reason switch
    {
        EndReason.Exited => code,
        EndReason.Signaled => 128 + signal,
        EndReason.Oom or EndReason.Pids or EndReason.OutputLimit => 123,
        EndReason.Timeout or EndReason.IdleTimeout => 124,
        EndReason.Cancelled => 130,
        EndReason.GuestFault => 121,
        EndReason.Refused => 122,
        _ => 125,
    };
}
