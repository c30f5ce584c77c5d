using System.CommandLine;
using System.Globalization;
using Vitrine.Audit;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands.Trail;

/// <summary>`vitrine audit show`.</summary>
internal static class AuditShow
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        var sandbox = new Argument<string?>("SANDBOX") { Description = "Only events of this sandbox.", Arity = ArgumentArity.ZeroOrOne };
        var type = new Option<string?>("--type")
        {
            Description = "Only this event or family: sandbox.created, command, limit.",
            HelpName = "TYPE"
        };
        var since = new Option<string?>("--since")
        {
            Description = "Only from this time on: 2026-01-31T12:00Z, or an age such as 2h.",
            HelpName = "TIME"
        };
        var until = new Option<string?>("--until") { Description = "Only before this time.", HelpName = "TIME" };
        var last = new Option<int?>("--last", "-n") { Description = "Only the last N events.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "The lines as they are on disk: JSON Lines." };
        Option<string?> directory = TrailDirectory.Option();
        var command =
            new Command("show", "Shows events of all chains in order of time.") { sandbox, type, since, until, last, directory, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            console,
            TrailDirectory.Of(parsed.GetValue(directory)),
            new AuditFilter
            {
                Sandbox = parsed.GetValue(sandbox),
                Type = parsed.GetValue(type),
                Since = TimeArgument.Read("--since", parsed.GetValue(since), TimeProvider.System),
                Until = TimeArgument.Read("--until", parsed.GetValue(until), TimeProvider.System),
            },
            parsed.GetValue(last),
            parsed.GetValue(json),
            cancellationToken));
        return command.WithNotes("""
            Examples:
              vitrine audit show --last 20
              vitrine audit show --type limit --since 1d
              vitrine audit show --json | jq 'select(.type == "command.ended")'

            """);
    }

    private static async Task<int> RunAsync(CliConsole console, string directory, AuditFilter filter, int? last, bool json,
        CancellationToken cancellationToken)
    {
        if (last is <= 0)
            throw CliException.Usage(string.Create(CultureInfo.InvariantCulture, $"--last {last} shows nothing; name a number from 1 on."));
        var kept = new Queue<AuditRecord>();
        await foreach (AuditRecord record in AuditReader.ReadAsync(directory, filter, cancellationToken).ConfigureAwait(false))
        {
            if (last is null)
            {
                Show(console, record, json);
                continue;
            }

            kept.Enqueue(record);
            if (kept.Count > last)
                kept.Dequeue();
        }

        foreach (AuditRecord record in kept)
            Show(console, record, json);
        return ExitCodes.Ok;
    }

    private static void Show(CliConsole console, AuditRecord record, bool json) =>
        console.WriteLine(json ? record.Line : EventText.Of(record));
}
