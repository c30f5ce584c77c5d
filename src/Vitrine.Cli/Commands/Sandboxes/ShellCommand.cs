using System.CommandLine;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Output;
using Vitrine.Cli.Running;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>`vitrine shell`: a terminal in a sandbox.</summary>
internal static class ShellCommand
{
    // The image may hold either; `exec` of a missing program ends a POSIX shell, so it is looked for first.
    private static readonly string[] s_shell = ["/bin/sh", "-c", "command -v bash >/dev/null && exec bash; exec sh"];

    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string[]> words = new Argument<string[]>(CommandTree.SandboxedCommand)
        {
            Description = "Another program than bash or sh.",
            Arity = ArgumentArity.ZeroOrMore
        }.CompletesPrograms();
        var command = new Command("shell", "Opens a terminal in a sandbox: no wall clock, 30 minutes of idle time.") { words };
        SandboxOptions options = new SandboxOptions().AddTo(command);
        command.SetAction((parsed, _) =>
        {
            if (!console.InputIsTerminal)
                throw CliException.Usage(
                    "vitrine shell needs a terminal on standard input; for a script write `vitrine run -- sh` and pipe it in.");
            string[] given = parsed.GetValue(words) ?? [];
            return SandboxRun.RunAsync(console, new RunRequest
            {
                Sandbox = options.Read(parsed) with { IsInteractive = true },
                Command = given.Length > 0 ? given : s_shell,
                Input = true,
                Terminal = true,
            });
        });
        return command.WithNotes("""
            Examples:
              vitrine shell
              vitrine shell --mount .:/workspace:rw
              vitrine shell --image ./rootfs -- /bin/ash

            Ctrl-C and Ctrl-Z go to the program inside; `exit` or Ctrl-D ends the sandbox. Exit codes are those of `vitrine run`.

            """);
    }
}
