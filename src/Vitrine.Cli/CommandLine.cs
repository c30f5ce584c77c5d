using System.CommandLine;
using Vitrine.Cli.Commands;
using Vitrine.Cli.Output;
using Vitrine.Linux.Terminals;

namespace Vitrine.Cli;

/// <summary>From the arguments to an exit code.</summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration s_parser = new()
    {
        // `@name` is an argument like any other: a sandboxed command may well be given one.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>The exit code (docs/cli.md).</returns>
    public static async Task<int> RunAsync(string[] arguments, CliConsole console)
    {
        RootCommand root = CommandTree.Build(console, arguments.Length > 0 ? arguments[0] : null);
        IReadOnlyList<string> words = arguments;
        try
        {
            words = CommandArguments.Protect(root, arguments);
            ParseResult parsed = root.Parse(words, s_parser);
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples and not System.CommandLine.Help.HelpAction)
                throw CliException.Usage(UsageMessages.For(parsed));

            // Exceptions are ours to word, and signals ours to handle: cancelling is not the same as being interrupted.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = new StreamWriter(console.Output) { AutoFlush = true },
            }).ConfigureAwait(false);
        }
        catch (BrokenPipeException)
        {
            return ExitCodes.BrokenPipe;
        }
        catch (Exception e)
        {
            CliException failure = Failures.Translate(e);
            try
            {
                Failures.Report(console, failure, CommandArguments.Before(words).Contains("--json", StringComparer.Ordinal));
            }
            catch (BrokenPipeException)
            {
                return ExitCodes.BrokenPipe;
            }

            return failure.ExitCode;
        }
    }
}
