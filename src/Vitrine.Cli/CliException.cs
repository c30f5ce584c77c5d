namespace Vitrine.Cli;

/// <summary>Ends the command with a sentence on standard error and an exit code.</summary>
internal sealed class CliException(int exitCode, string code, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>See <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Stable kebab-case code for --json.</summary>
    public string Code { get; } = code;

    /// <summary>Wrong usage: what was given, and how it is written instead.</summary>
    public static CliException Usage(string message) => new(ExitCodes.Failed, "usage", message);
}
