using System.Text;
using System.Text.Json;
using Vitrine.Cli.Output;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>The findings, for people and for programs.</summary>
internal static class DoctorReport
{
    /// <summary>Lines grouped by area, each finding with the command that mends it below.</summary>
    public static string Text(IReadOnlyList<Check> checks, bool color)
    {
        var text = new StringBuilder();
        int width = checks.Max(static c => c.Name.Length);
        foreach (IGrouping<string, Check> area in checks.GroupBy(static c => c.Area, StringComparer.Ordinal))
        {
            text.Append(Style(area.Key, "1", color)).Append('\n');
            foreach (Check check in area)
            {
                text.Append("  ").Append(Style(check.StatusName.PadRight(8), ColorOf(check.Status), color))
                    .Append(check.Name.PadRight(width)).Append("  ")
                    .Append(TerminalText.Escape(check.Detail)).Append('\n');
                if (check.Mend is not null)
                    text.Append(' ', 10 + width).Append("  → ").Append(TerminalText.Escape(check.Mend)).Append('\n');
            }
        }

        int missing = checks.Count(static c => c.Status == CheckStatus.Missing),
            weaker = checks.Count(static c => c.Status == CheckStatus.Weaker);
        text.Append('\n').Append((missing, weaker) switch
        {
            (0, 0) => "This host can enforce everything.",
            (0, _) => $"Sandboxes work here; {weaker} of {checks.Count} findings make them weaker than they could be.",
            _ => $"Sandboxes with the default policy do not work here: {missing} of {checks.Count} findings are in the way.",
        }).Append('\n');
        return text.ToString();
    }

    /// <summary>One object.</summary>
    public static string Json(IReadOnlyList<Check> checks) => JsonText.Object(writer =>
    {
        writer.WriteBoolean("usable", checks.All(static c => c.Status != CheckStatus.Missing));
        writer.WriteStartArray("checks");
        foreach (Check check in checks)
            Write(writer, check);
        writer.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter writer, Check check)
    {
        writer.WriteStartObject();
        writer.WriteString("area", check.Area);
        writer.WriteString("name", check.Name);
        writer.WriteString("status", check.StatusName);
        writer.WriteString("detail", check.Detail);
        if (check.Mend is not null)
            writer.WriteString("mend", check.Mend);
        writer.WriteEndObject();
    }

    private static string ColorOf(CheckStatus status) => status switch
    {
        CheckStatus.Ok => "32",
        CheckStatus.Weaker => "33",
        _ => "31",
    };

    private static string Style(string text, string style, bool color) => color ? $"\e[{style}m{text}\e[0m" : text;
}
