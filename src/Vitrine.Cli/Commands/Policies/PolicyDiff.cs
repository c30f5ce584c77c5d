using System.CommandLine;
using Vitrine.Cli.Output;
using Vitrine.Policy;

namespace Vitrine.Cli.Commands.Policies;

/// <summary>`vitrine policy diff`: what a change of a policy widens.</summary>
internal static class PolicyDiff
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string?> before = PolicyInput.Argument("BEFORE", required: true), after = PolicyInput.Argument("AFTER", required: true);
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var command = new Command("diff", "Says what a second policy widens, changes and narrows.") { before, after, json };
        command.SetAction(parsed =>
            Run(console, PolicyInput.Read(parsed.GetValue(before)), PolicyInput.Read(parsed.GetValue(after)), parsed.GetValue(json)));
        return command.WithNotes("""
            Exit codes:
              0  the second allows nothing that the first does not      1  something is wider, or cannot be proved narrower

            """);
    }

    private static int Run(CliConsole console, PolicyDocument before, PolicyDocument after, bool json)
    {
        IReadOnlyList<PolicyChange> changes = PolicyExplainer.Diff(before, after);
        bool narrower = changes.All(static c => c.Kind == PolicyChangeKind.Narrows);
        if (json)
        {
            console.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteBoolean("narrower", narrower);
                writer.WriteStartArray("changes");
                foreach (PolicyChange change in changes)
                {
                    writer.WriteStartObject();
                    writer.WriteString("kind", change.Kind.ToString().ToLowerInvariant());
                    writer.WriteString("path", change.Path);
                    writer.WriteString("before", change.Before);
                    writer.WriteString("after", change.After);
                    writer.WriteString("reason", change.Reason);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }));
        }
        else
        {
            foreach (PolicyChange change in changes)
                console.WriteLine(TerminalText.Escape(change.ToString()));
            console.WriteLine(changes.Count == 0 ? "No difference." : narrower ? "Nothing is wider." : "Something is wider, or may be.");
        }

        return narrower ? ExitCodes.Ok : ExitCodes.Found;
    }
}
