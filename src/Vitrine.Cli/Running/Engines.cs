using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Engine;

namespace Vitrine.Cli.Running;

/// <summary>Which engine a command line means.</summary>
internal static class Engines
{
    /// <summary>Name of the audit chains that command lines write.</summary>
    public const string AuditWriter = "cli";

    /// <summary>The runtime named; null for the environment's or the first there is.</summary>
    /// <exception cref="CliException">The name makes no sense, or nothing is there.</exception>
    public static string? RuntimePath(SandboxArguments arguments) => arguments.Runtime switch
    {
        null => Environment.GetEnvironmentVariable("VITRINE_RUNTIME"),
        "auto" => null,
        "crun" or "runc" => arguments.Runtime,
        var path when path.StartsWith('/') || path.StartsWith('.') => File.Exists(path)
            ? Path.GetFullPath(path)
            : throw new CliException(ExitCodes.Failed, "runtime-missing",
                $"There is no runtime at {path}; name crun, runc or auto, or check the path."),
        var other => throw CliException.Usage(
            $"--runtime {other} is none that vitrine knows; name auto, crun, runc, or the path of an OCI runtime."),
    };

    /// <summary>The options of a command line's engine.</summary>
    public static EngineOptions Options(string? runtimePath) =>
        EngineOptions.FromEnvironment(AuditWriter) with { RuntimePath = runtimePath, SharesAuditName = true };

    /// <summary>What a terminal program needs to know of the terminal; nothing of it where there is none.</summary>
    public static IReadOnlyDictionary<string, string> TerminalEnvironment(bool terminal)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!terminal)
            return variables;
        string? term = Environment.GetEnvironmentVariable("TERM");
        bool plain = term is { Length: > 0 and < 33 } && term.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '+');
        variables["TERM"] = plain ? term! : "xterm-256color";
        return variables;
    }
}
