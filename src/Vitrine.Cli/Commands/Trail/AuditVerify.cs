using System.CommandLine;
using System.Globalization;
using Vitrine.Audit;
using Vitrine.Cli.Commands.Completion;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands.Trail;

/// <summary>`vitrine audit verify`.</summary>
internal static class AuditVerify
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string?> path = new Argument<string?>(
            "PATH")
        {
            Description = "A trail's directory or one chain's .jsonl file; this user's trail by default.",
            Arity = ArgumentArity.ZeroOrOne
        }.CompletesFiles();
        var head = new Option<bool>(
            "--head")
        { Description = "Also hold each chain against its head, which is kept apart: finds an end that was cut off." };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var command = new Command("verify", "Finds lines that were edited, removed or reordered.") { path, head, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console, TrailDirectory.Of(parsed.GetValue(path)), parsed.GetValue(head), parsed.GetValue(json), cancellationToken));
        return command.WithNotes("""
            Exit codes:
              0  every chain is whole       1  something is wrong with one

            """);
    }

    private static async Task<int> RunAsync(CliConsole console, string path, bool heads, bool json, CancellationToken cancellationToken)
    {
        AuditVerification result = await AuditVerifier.VerifyAsync(path, heads, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            console.WriteLine(Json(result));
            return result.IsIntact ? ExitCodes.Ok : ExitCodes.Found;
        }

        foreach (AuditFinding finding in result.Findings)
            console.WriteLine(TerminalText.Escape(string.Create(CultureInfo.InvariantCulture,
                $"{finding.File}:{finding.Line}: {finding.Message}")));
        foreach (AuditChainEnd end in result.Chains)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{end.Writer}: {end.Lines} lines, last {end.Sequence}, {end.Hash}{(end.IsOpenEnded ? ", unfinished line at the end" : "")}"));
        console.WriteLine(result switch
        {
            { IsIntact: false } => string.Create(CultureInfo.InvariantCulture, $"NOT whole: {result.Findings.Count} findings."),
            { Chains.Count: 0 } => "There is no chain yet.",
            _ when heads => "Whole, and every end is where its head says.",
            _ => "Whole. An end that was cut off is found with --head.",
        });
        return result.IsIntact ? ExitCodes.Ok : ExitCodes.Found;
    }

    private static string Json(AuditVerification result) => JsonText.Object(writer =>
    {
        writer.WriteBoolean("intact", result.IsIntact);
        writer.WriteStartArray("chains");
        foreach (AuditChainEnd end in result.Chains)
        {
            writer.WriteStartObject();
            writer.WriteString("writer", end.Writer);
            writer.WriteNumber("lines", end.Lines);
            writer.WriteNumber("sequence", end.Sequence);
            writer.WriteString("hash", end.Hash);
            writer.WriteBoolean("openEnded", end.IsOpenEnded);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("findings");
        foreach (AuditFinding finding in result.Findings)
        {
            writer.WriteStartObject();
            writer.WriteString("fault", finding.Fault.ToString());
            writer.WriteString("file", finding.File);
            writer.WriteNumber("line", finding.Line);
            writer.WriteNumber("sequence", finding.Sequence);
            writer.WriteString("message", finding.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
