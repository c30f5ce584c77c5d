using System.CommandLine;

namespace Vitrine.Cli.Commands;

/// <summary>
/// Where our options end and the sandboxed command begins. A `--` says so; without one, the first word that is no option does, as with
/// `env`
/// and `docker run`: `vitrine run python3 -c 'print(42)'` gives `-c` to python.
/// </summary>
internal static class CommandArguments
{
    /// <summary>The arguments in front of `--`.</summary>
    public static IEnumerable<string> Before(IReadOnlyList<string> arguments) =>
        arguments.TakeWhile(static a => !string.Equals(a, "--", StringComparison.Ordinal));

    /// <summary>Puts the missing `--` in, for commands that take a command line of their own.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="arguments">As given.</param>
    /// <exception cref="CliException">A word in front of the command looks like an option and is none: the parser would take it for the
    /// command.</exception>
    public static IReadOnlyList<string> Protect(RootCommand root, IReadOnlyList<string> arguments)
    {
        Command? command = arguments.Count == 0 ? null : root.Subcommands.FirstOrDefault(c => Same(c.Name, arguments[0]));
        if (command is null || !command.Arguments.Any(static a => Same(a.Name, CommandTree.SandboxedCommand)))
            return arguments;
        for (int i = 1; i < arguments.Count; i++)
        {
            string word = arguments[i];
            if (Same(word, "--"))
                return arguments;
            if (!word.StartsWith('-') || Same(word, "-"))
                return [.. arguments.Take(i), "--", .. arguments.Skip(i)];
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            Option option = command.Options.Concat(root.Options).FirstOrDefault(o => Same(o.Name, name) || o.Aliases.Contains(name))
                ?? throw CliException.Usage(UsageMessages.UnknownOption(command, word));
            if (equals < 0 && option.Arity.MinimumNumberOfValues > 0)
                i++;
        }

        return arguments;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);
}
