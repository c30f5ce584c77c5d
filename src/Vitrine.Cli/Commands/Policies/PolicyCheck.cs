using System.CommandLine;
using System.Text.Json;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Cli.Output;
using Vitrine.Policy;

namespace Vitrine.Cli.Commands.Policies;

/// <summary>`vitrine policy check`: every mistake of every file at once, and what this machine would refuse of it.</summary>
internal static class PolicyCheck
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string[]> files = new Argument<string[]>("FILE")
        {
            Description = "Policy files, or - for standard input.",
            Arity = ArgumentArity.OneOrMore
        }.CompletesFiles();
        var textOnly = new Option<bool>("--text-only") { Description = "Judge the text alone, not what it names on this machine." };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var command = new Command("check", "Finds all mistakes of policies, with line, column and a hint.") { files, textOnly, json };
        command.SetAction(parsed => Run(console, parsed.GetRequiredValue(files), parsed.GetValue(textOnly), parsed.GetValue(json)));
        return command.WithNotes("""
            Exit codes:
              0  no mistake (warnings and notes are none)      1  at least one

            """);
    }

    private static int Run(CliConsole console, string[] files, bool textOnly, bool json)
    {
        var problems = new List<PolicyProblem>();
        foreach (string file in files)
        {
            IReadOnlyList<PolicyProblem> found = Check(file, textOnly);
            problems.AddRange(found);
            if (!json)
                Print(console, file, found);
        }

        bool valid = problems.All(static p => p.Severity != ProblemSeverity.Error);
        if (json)
            console.WriteLine(Json(problems, valid));
        return valid ? ExitCodes.Ok : ExitCodes.Found;
    }

    private static IReadOnlyList<PolicyProblem> Check(string file, bool textOnly)
    {
        PolicyReadResult read = PolicyFiles.Read(file);
        return read.Policy is null || textOnly ? read.Problems : [.. read.Problems.Union(PolicyInput.Plan(read.Policy).Problems)];
    }

    private static void Print(CliConsole console, string file, IReadOnlyList<PolicyProblem> problems)
    {
        foreach (PolicyProblem problem in problems)
            console.WriteLine(TerminalText.Escape(problem.ToString()));
        if (problems.All(static p => p.Severity != ProblemSeverity.Error))
            console.WriteLine($"{TerminalText.Escape(file)}: no mistake");
    }

    private static string Json(List<PolicyProblem> problems, bool valid) => JsonText.Object(writer =>
    {
        writer.WriteBoolean("valid", valid);
        writer.WriteStartArray("problems");
        foreach (PolicyProblem problem in problems)
            Write(writer, problem);
        writer.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter writer, PolicyProblem problem)
    {
        writer.WriteStartObject();
        writer.WriteString("file", problem.Source);
        writer.WriteNumber("line", problem.Line);
        writer.WriteNumber("column", problem.Column);
        writer.WriteString("severity", problem.Severity.ToString().ToLowerInvariant());
        writer.WriteString("code", problem.Code);
        writer.WriteString("path", problem.Path);
        writer.WriteString("message", problem.Message);
        writer.WriteString("hint", problem.Hint);
        writer.WriteEndObject();
    }
}
