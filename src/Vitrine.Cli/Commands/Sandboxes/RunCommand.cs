using System.CommandLine;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Output;
using Vitrine.Cli.Running;

namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>`vitrine run`: one command in a sandbox of its own.</summary>
internal static class RunCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string[]> words = new Argument<string[]>(CommandTree.SandboxedCommand)
        {
            Description = "The program and its arguments.",
            Arity = ArgumentArity.OneOrMore
        }.CompletesPrograms();
        var interactive = new Option<bool>("--interactive",
            "-i")
        { Description = "Pass standard input on even when it is a terminal (a pipe or file always is)." };
        var terminal = new Option<bool>("--tty", "-t") { Description = "Run the command on a terminal of its own." };
        var json = new Option<bool>("--json") { Description = "JSON Lines on standard output: started, stdout, stderr, result." };
        var command = new Command("run", "Runs a command in a sandbox of its own, and leaves nothing behind.") { interactive, terminal };
        SandboxOptions options = new SandboxOptions().AddTo(command);
        command.Options.Add(json);
        command.Arguments.Add(words);
        command.SetAction((parsed, _) => SandboxRun.RunAsync(console, new RunRequest
        {
            Sandbox = options.Read(parsed),
            Command = parsed.GetRequiredValue(words),
            Input = parsed.GetValue(interactive) || parsed.GetValue(terminal) || !console.InputIsTerminal,
            Terminal = parsed.GetValue(terminal),
            Json = parsed.GetValue(json),
        }));
        return command.WithNotes("""
            Examples:
              vitrine run -- python3 -c 'print(6*7)'
              vitrine run --mount ./data:/data --mount ./out:/out:rw --timeout 2m -- python3 /data/report.py
              vitrine run --allow npm --allow api.example.org:443 --mount .:/workspace:rw -- npm ci
              tar c src | vitrine run -- sh -c 'tar x && make'
              vitrine run --json -- ./tests | jq 'select(.type == "result")'

            Exit codes:
              0..255  the command's own; 128+n when signal n ended it
              121 the sandbox broke its protocol   122 refused by policy or host   123 ended by a limit (memory, pids, output)
              124 ended by time (wall clock, idle)  125 vitrine failed, or wrong usage   126 command cannot be run
              127 command not found   129, 130, 143 vitrine got SIGHUP, Ctrl-C, SIGTERM   141 our output's reader is gone

            """);
    }
}
