using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Vitrine.Cli.Commands;

/// <summary>What stands below a command's help.</summary>
internal static class CommandNotes
{
    private static readonly ConditionalWeakTable<Command, string> s_notes = [];

    /// <summary>Adds examples and the like to a command's help.</summary>
    public static TCommand WithNotes<TCommand>(this TCommand command, string notes)
        where TCommand : Command
    {
        s_notes.AddOrUpdate(command, notes);
        return command;
    }

    /// <summary>The notes of a command; null for none.</summary>
    public static string? For(Command command) => command is RootCommand ? Root : s_notes.TryGetValue(command, out string? notes) ? notes
        : null;

    private const string Root = """
        Examples:
          vitrine run -- python3 -c 'print(6*7)'      a program in a sandbox with the tightest policy
          vitrine shell --mount .:/workspace:rw       a terminal in one, with this directory inside
          vitrine policy explain my-policy.yaml       what a policy allows, and why
          vitrine doctor                              what this machine can enforce

        Exit codes:
          0..255  run, shell: the command's own (a signal n: 128+n); otherwise 0 is success, 1 is "the check found something"
          121 the sandbox broke its protocol   122 refused by policy   123 ended by a limit   124 ended by time
          125 vitrine failed, or wrong usage   126 command cannot be run   127 command not found   130 Ctrl-C

        """;
}
