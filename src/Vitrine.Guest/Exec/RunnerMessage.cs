namespace Vitrine.Guest.Exec;

/// <summary>First byte of each message between PID 1 and a runner. Both are this binary, and nothing else can reach the socket.</summary>
internal enum RunnerMessage : byte
{
    /// <summary>To the runner, once: whether commands change the user (u8), then the filter.</summary>
    Setup = 1,

    /// <summary>
    /// To the runner: the command request as the host wrote it; one descriptor (the terminal) or three (0, 1, 2) come along.
    /// </summary>
    Run = 2,

    /// <summary>To the runner: signal (u8), scope (u8), process group or 0 (i32).</summary>
    Signal = 3,

    /// <summary>
    /// From the runner, first: it came up. One that ends before could not get its threads or memory, which is nobody's attack.
    /// </summary>
    Ready = 15,

    /// <summary>From the runner: the command runs; its pid (u32).</summary>
    Started = 16,

    /// <summary>From the runner: it could not be started; errno (i32), sentence.</summary>
    Failed = 17,

    /// <summary>From the runner: the first process ended; a <see cref="Protocol.Messages.CommandExit"/>.</summary>
    Exited = 18,

    /// <summary>From the runner: nothing of the command is left.</summary>
    Idle = 19,

    /// <summary>From the runner, last: something of the command could not be killed in time.</summary>
    Unkillable = 20,
}
