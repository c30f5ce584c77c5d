using Vitrine.Audit;
using Vitrine.Cli.Output;
using Vitrine.Engine;
using Vitrine.Runtimes;

namespace Vitrine.Cli;

/// <summary>Turns any exception into a sentence and an exit code.</summary>
internal static class Failures
{
    /// <summary>The failure as the user sees it.</summary>
    public static CliException Translate(Exception exception) => exception switch
    {
        CliException known => known,
        EngineException engine => new CliException(ExitCodeOf(engine.Code), engine.Code, engine.Message, engine),
        AuditException audit => new CliException(ExitCodes.Failed, audit.Code, audit.Message, audit),
        RuntimeException runtime => new CliException(ExitCodeOf(runtime.Code), runtime.Code, runtime.Message, runtime),
        OperationCanceledException => new CliException(ExitCodes.Interrupted, "cancelled", "Interrupted; nothing is left behind."),
        UnauthorizedAccessException denied => new CliException(
            ExitCodes.Failed, "no-permission", $"{denied.Message} Run it as a user who may, or as root.", denied),
        IOException io => new CliException(ExitCodes.Failed, "io", io.Message, io),
        _ => new CliException(
            ExitCodes.Failed,
            "internal-error",
            $"This should not happen, and is our fault: {exception.GetType().Name}: {exception.Message}; VITRINE_DEBUG=1 prints where.",
            exception),
    };

    /// <summary>Says it: a line on standard error, or an event on standard output where --json asked for that.</summary>
    public static void Report(CliConsole console, CliException failure, bool json)
    {
        console.SayError(failure.Message);
        if (json)
            WriteEvent(console, failure);
        if (failure.InnerException is { } inner && Environment.GetEnvironmentVariable("VITRINE_DEBUG") is { Length: > 0 })
            console.Say(inner.ToString());
    }

    private static void WriteEvent(CliConsole console, CliException failure) => console.WriteLine(JsonText.Object(writer =>
    {
        writer.WriteString("type", "error");
        writer.WriteString("code", failure.Code);
        writer.WriteString("message", failure.Message);
        writer.WriteNumber("exitCode", failure.ExitCode);
    }));

    private static int ExitCodeOf(string code) => code switch
    {
        "command-not-found" => ExitCodes.NotFound,
        "command-not-executable" => ExitCodes.CannotRun,
        "layer-required" or "limit-unavailable" or "refused" or "mount-refused" or "mount-changed" => ExitCodes.Refused,
        _ => ExitCodes.Failed,
    };
}
