using System.CommandLine;
using System.Globalization;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Output;
using Vitrine.Policy;

namespace Vitrine.Cli.Commands.Policies;

/// <summary>`vitrine policy test`: the accept and deny tests that policies carry.</summary>
internal static class PolicyTest
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string[]> files = new Argument<string[]>("FILE")
        {
            Description = "Policy files with a tests section.",
            Arity = ArgumentArity.OneOrMore
        }.CompletesFiles();
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Also list the tests that pass." };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var command =
            new Command("test", "Runs the accept and deny tests that policies carry, on a typical host.") { files, verbose, json };
        command.SetAction(parsed => Run(console, parsed.GetRequiredValue(files), parsed.GetValue(verbose), parsed.GetValue(json)));
        return command.WithNotes("""
            Exit codes:
              0  all pass      1  one failed, or there was none to run

            """);
    }

    private static int Run(CliConsole console, string[] files, bool verbose, bool json)
    {
        (string File, PolicyTestOutcome Outcome)[] all =
            [.. files.SelectMany(static f => PolicyTester.Run(PolicyInput.Read(f), TimeProvider.System).Select(o => (f, o)))];
        int passed = all.Count(static t => t.Outcome.Passed);
        if (json)
        {
            console.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteNumber("passed", passed);
                writer.WriteNumber("failed", all.Length - passed);
                writer.WriteStartArray("tests");
                foreach ((string file, PolicyTestOutcome outcome) in all)
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", file);
                    writer.WriteString("expects", outcome.ExpectsAccept ? "accept" : "deny");
                    writer.WriteString("kind", outcome.Case.Kind.ToString().ToLowerInvariant());
                    writer.WriteString("subject", outcome.Case.Subject);
                    writer.WriteBoolean("passed", outcome.Passed);
                    writer.WriteString("detail", outcome.Detail);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }));
        }
        else
        {
            foreach ((string file, PolicyTestOutcome outcome) in all.Where(t => verbose || !t.Outcome.Passed))
                console.WriteLine(TerminalText.Escape($"{file}: {outcome}"));
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {all.Length - passed} failed"));
        }

        return all.Length > 0 && passed == all.Length ? ExitCodes.Ok : ExitCodes.Found;
    }
}
