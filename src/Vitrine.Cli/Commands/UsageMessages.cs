using System.CommandLine;
using System.CommandLine.Parsing;

namespace Vitrine.Cli.Commands;

/// <summary>What is wrong with a command line, as one sentence with a way out.</summary>
internal static class UsageMessages
{
    /// <summary>Words the first error, with the closest name there is.</summary>
    public static string For(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = PathOf(command);
        string help = $"`{path} --help` lists what there is";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string unknown = parsed.UnmatchedTokens[0];
            bool option = unknown.StartsWith('-');
            string kind = command.Subcommands.Count > 0 ? "command" : "argument";
            if (option)
                return UnknownOption(command, unknown);
            IEnumerable<string> names = command is RootCommand ? CommandTree.Names : command.Subcommands.Select(static c => c.Name);
            string? close = Nearest.To(unknown, names);
            return $"{path} knows no {kind} {unknown}" + (close is null ? $"; {help}." : $"; did you mean {close}? ({help}.)");
        }

        if (command.Subcommands.Count > 0 && command.Action is null)
            return $"{path} needs a command: {string.Join(", ", command.Subcommands.Select(static c => c.Name))}; {help}.";
        string message = parsed.Errors[0].Message.TrimEnd('.');
        return parsed.Errors[0].SymbolResult is ArgumentResult { Parent: CommandResult, Tokens.Count: 0 } missing
            ? $"{path} needs {missing.Argument.HelpName ?? missing.Argument.Name} ({missing.Argument.Description?.TrimEnd('.')}); {help}."
            : $"{Decapitalise(message)}; {help}.";
    }

    /// <summary>Words an option that does not exist.</summary>
    public static string UnknownOption(Command command, string unknown)
    {
        string path = PathOf(command);
        string? close = Nearest.To(unknown, OptionsOf(command).Where(static o => !o.Hidden)
            .SelectMany(static o => (IEnumerable<string>)[o.Name, .. o.Aliases]));
        return $"{path} knows no option {unknown}" + (close is null ? $"; `{path} --help` lists what there is."
            : $"; did you mean {close}? (`{path} --help` lists what there is.)");
    }

    /// <summary>The command as it is typed.</summary>
    public static string PathOf(Command command) => command switch
    {
        RootCommand => "vitrine",
        _ => PathOf(command.Parents.OfType<Command>().First()) + " " + command.Name,
    };

    private static IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(static o => o.Recursive));

    private static string Decapitalise(string message) => message.Length > 1 && char.IsLower(message[1])
        ? char.ToLowerInvariant(message[0]) + message[1..] : message;
}
