using System.CommandLine;
using Vitrine.Cli.Output;
using Vitrine.Policy;

namespace Vitrine.Cli.Commands.Policies;

/// <summary>`vitrine policy explain`: what is allowed, what is refused, and which line says so.</summary>
internal static class PolicyExplain
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string?> file = PolicyInput.Argument();
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var command = new Command("explain", "Says what a policy allows, refuses and limits, and which line says so.") { file, json };
        command.SetAction(parsed => Run(console, PolicyInput.Read(parsed.GetValue(file)), parsed.GetValue(json)));
        return command;
    }

    private static int Run(CliConsole console, PolicyDocument policy, bool json)
    {
        IReadOnlyList<PolicyStatement> statements = PolicyExplainer.Explain(policy, new LinuxHostFacts());
        if (json)
        {
            console.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("policy", policy.Name);
                if (policy.Debug is { } debug)
                    writer.WriteString("debugUntil", debug.Until);
                writer.WriteStartArray("statements");
                foreach (PolicyStatement statement in statements)
                {
                    writer.WriteStartObject();
                    writer.WriteString("kind", statement.Kind.ToString().ToLowerInvariant());
                    writer.WriteString("path", statement.Path);
                    writer.WriteString("sentence", statement.Sentence);
                    writer.WriteString("reason", statement.Reason);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }));
            return ExitCodes.Ok;
        }

        if (policy.Debug is not null)
            console.SayWarning($"{policy.Name} is a DEBUG policy.");
        foreach (PolicyStatement statement in statements)
            console.WriteLine(TerminalText.Escape(statement.ToString()));
        return ExitCodes.Ok;
    }
}
