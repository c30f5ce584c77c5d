using System.Globalization;
using System.Text;
using Vitrine.Audit;
using Vitrine.Audit.Events;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands.Trail;

/// <summary>An event as one line for a person. Strings in it may come from inside: each is cleaned for the terminal and cut.</summary>
internal static class EventText
{
    private const int LongestSummary = 400;

    /// <summary>The line.</summary>
    public static string Of(AuditRecord record)
    {
        AuditEvent e = record.Event;
        string whose = e.Source == AuditSource.Host ? "" : $" [{e.Source.ToString().ToLowerInvariant()}]";
        string summary = TerminalText.Escape(SummaryOf(e.Payload));
        if (summary.Length > LongestSummary)
            summary = summary[..LongestSummary] + "…";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Time:yyyy-MM-dd HH:mm:ss.fff}Z  {Cell(e.Sandbox, 20)}  {Cell(e.Command, 4)}  {TerminalText.Escape(e.Type),-18}  {summary}{whose}");
    }

    private static string Cell(string? text, int width) => TerminalText.Escape(text ?? "-").PadRight(width);

    private static string SummaryOf(AuditPayload payload) => payload switch
    {
        SandboxCreated e =>
            $"policy {e.Policy}, image {e.Image}{(e.ImageMutable ? " (mutable)" : "")}, {e.Runtime}, plan {Short(e.PlanDigest)}{Missing(e)}{Debug(e)}",
        SandboxDestroyed e =>
            string.Create(CultureInfo.InvariantCulture, $"{e.Reason} after {Time(e.Duration)}, CPU {Time(e.Cpu)}, {e.Commands} commands"),
        CommandStarted e => $"{e.User} {e.Cwd}$ {string.Join(' ', e.Argv.Select(Quote))}",
        CommandEnded e =>
            $"{e.Reason}{(e.ExitCode is { } code ? $" {code.ToString(CultureInfo.InvariantCulture)}" : "")}{(e.Signal is { } s ? $" by signal {s.ToString(CultureInfo.InvariantCulture)}" : "")} after {Time(e.Duration)}, CPU {Time(e.Cpu)}, {Bytes(e.OutputBytes)} of output",
        LimitHit e => string.Create(CultureInfo.InvariantCulture, $"{e.Limit}, {e.Count} times"),
        Refused e => $"{e.Code}: {e.What}{(e.Rule is null ? "" : $" ({e.Rule})")}",
        EgressConnection e => string.Create(CultureInfo.InvariantCulture,
            $"{Request(e)}{e.Name}:{e.Port}{(e.Address is null ? "" : $" at {e.Address}")} {e.Protocol} by {e.Rule}: {e.Ended} after {Time(e.Duration)}, {Bytes(e.BytesOut)} out, {Bytes(e.BytesIn)} in"),
        EgressRefused e => string.Create(CultureInfo.InvariantCulture, $"{e.Code}: {e.Host}:{e.Port}: {e.Message}{Hint(e)}{Times(e.Count)}"),
        EgressAlarm e => string.Create(CultureInfo.InvariantCulture, $"{e.Kind}: {e.Host}:{e.Port}: {e.Message}{Times(e.Count)}"),
        _ => Members(payload),
    };

    private static string Request(EgressConnection e) => e.Method is null
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{e.Method} {e.Path} {(e.Status is { } status ? $"{status} " : "")}from ");

    private static string Hint(EgressRefused e) => string.IsNullOrEmpty(e.Hint) ? "" : $". {e.Hint}";

    private static string Times(long count) => count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({count} times)");

    private static string Missing(SandboxCreated e)
    {
        string[] missing = [.. e.Layers.Where(static l => l.Status != "enforced").Select(static l => l.Name)];
        return missing.Length == 0 ? "" : $", without {string.Join(' ', missing)}";
    }

    private static string Debug(SandboxCreated e) =>
        e.DebugUntil is { } until ? string.Create(CultureInfo.InvariantCulture, $", DEBUG until {until.UtcDateTime:yyyy-MM-dd HH:mm}Z")
            : "";

    /// <summary>What a record prints of itself, without its name and braces.</summary>
    private static string Members(AuditPayload payload)
    {
        string text = payload.ToString();
        string type = $"Type = {payload.Type}";
        int start = text.IndexOf(type, StringComparison.Ordinal);
        return start < 0 ? text : text[(start + type.Length)..].TrimStart(',', ' ').TrimEnd('}').TrimEnd();
    }

    private static string Quote(string word) =>
        word.Length > 0
            && word.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or '=' or ':' or ',' or '+' or '@' or '%')
            ? word
            : new StringBuilder("'").Append(word.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'').ToString();

    private static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;

    private static string Time(TimeSpan time) => time.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");

    private static string Bytes(long bytes) => bytes < 10_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB");
}
