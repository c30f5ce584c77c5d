using System.CommandLine;
using System.CommandLine.Help;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Commands.Doctor;
using Vitrine.Cli.Commands.Egress;
using Vitrine.Cli.Commands.Policies;
using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Cli.Commands.Trail;
using Vitrine.Cli.Commands.Version;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands;

/// <summary>All commands. Only the one that is asked for is built: a tree of options costs milliseconds of each start.</summary>
internal static class CommandTree
{
    /// <summary>Name of the argument that is the sandboxed command.</summary>
    public const string SandboxedCommand = "COMMAND";

    private static readonly (string Name, Func<CliConsole, Command> Create)[] s_commands =
    [
        ("run", RunCommand.Create),
        ("shell", ShellCommand.Create),
        ("policy", PolicyCommand.Create),
        ("egress", EgressCommand.Create),
        ("audit", AuditCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("completion", CompletionCommand.Create),
        ("version", VersionCommand.Create),
    ];

    /// <summary>The names of all commands.</summary>
    public static IEnumerable<string> Names => s_commands.Select(static c => c.Name);

    /// <summary>Builds the tree.</summary>
    /// <param name="console">Where commands write.</param>
    /// <param name="first">The first argument: when it names a command, that one alone is built.</param>
    public static RootCommand Build(CliConsole console, string? first)
    {
        var root = new RootCommand("Runs code you do not trust behind glass: it can work, you can see what it does, nothing gets out.");
        root.Directives.Clear();
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples(console);
        foreach (Option version in root.Options.OfType<VersionOption>().ToArray())
            version.Action = new VersionAction(console);
        foreach ((string name, Func<CliConsole, Command> create) in s_commands)
        {
            if (string.Equals(name, first, StringComparison.Ordinal))
            {
                root.Subcommands.Add(create(console));
                return root;
            }
        }

        foreach ((_, Func<CliConsole, Command> create) in s_commands)
            root.Subcommands.Add(create(console));
        return root;
    }
}
