namespace Vitrine.Cli;

/// <summary>What the process exits with when it is not the command's own code (docs/cli.md has the whole table).</summary>
internal static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>A check ran and found something: an invalid policy, a failed case, a broken chain, a host that cannot.</summary>
    public const int Found = 1;

    /// <summary>The policy or the request was refused before anything ran.</summary>
    public const int Refused = 122;

    /// <summary>vitrine itself failed, wrong usage included.</summary>
    public const int Failed = 125;

    /// <summary>The command was found but cannot be run.</summary>
    public const int CannotRun = 126;

    /// <summary>The command was not found.</summary>
    public const int NotFound = 127;

    /// <summary>Ended by SIGHUP.</summary>
    public const int HangUp = 129;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Whoever read our output is gone.</summary>
    public const int BrokenPipe = 141;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 143;
}
