using System.CommandLine;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands.Completion;

/// <summary>`vitrine completion SHELL`: the script that makes the shell complete commands, options and values.</summary>
internal static class CompletionCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string> shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." }.CompletesWords("bash", "zsh", "fish");
        var command = new Command("completion", "Prints the completion script of a shell.") { shell };
        command.SetAction(parsed => Run(console, parsed.GetRequiredValue(shell)));
        return command.WithNotes("""
            Examples:
              source <(vitrine completion bash)
              vitrine completion fish > ~/.config/fish/completions/vitrine.fish

            """);
    }

    private static int Run(CliConsole console, string shell)
    {
        CompletionNode root = CompletionNode.From(CommandTree.Build(console, first: null));
        console.Write(shell switch
        {
            "bash" => BashCompletion.Write(root),
            "zsh" => ZshCompletion.Write(root),
            "fish" => FishCompletion.Write(root),
            _ => throw CliException.Usage($"There is no completion script for {shell}; name bash, zsh or fish."),
        });
        return ExitCodes.Ok;
    }
}
