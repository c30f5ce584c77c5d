using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands;

/// <summary>The library's help, and below it what it cannot know: examples and exit codes.</summary>
internal sealed class HelpWithExamples(CliConsole console) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int result = new HelpAction().Invoke(parseResult);
        Command command = parseResult.CommandResult.Command;
        if (CommandNotes.For(command) is { } notes)
            console.Write(notes);
        return result;
    }
}
