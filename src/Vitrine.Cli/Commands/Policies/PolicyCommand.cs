using System.CommandLine;
using Vitrine.Cli.Output;
using Vitrine.Policy;

namespace Vitrine.Cli.Commands.Policies;

/// <summary>`vitrine policy`: what a policy says, before anything runs under it.</summary>
internal static class PolicyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console) => new("policy", "Checks, explains, compiles, tests and compares policies.")
    {
        PolicyCheck.Create(console),
        PolicyExplain.Create(console),
        PolicyCompile.Create(console),
        PolicyTest.Create(console),
        PolicyDiff.Create(console),
        Schema(console),
    };

    private static Command Schema(CliConsole console)
    {
        var command = new Command("schema", "Prints the JSON Schema of policies, for editors.");
        command.SetAction(_ =>
        {
            console.Write(PolicySchema.Generate());
            return ExitCodes.Ok;
        });
        return command.WithNotes("""
            Example:
              vitrine policy schema > policy.schema.json
              and in a policy's first line:  # yaml-language-server: $schema=policy.schema.json

            """);
    }
}
