using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vitrine.Cli.Commands.Policies;
using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Cli.Output;
using Vitrine.Policy;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Cli.Commands.Egress;

/// <summary>`vitrine egress test`: whether a connection or request would be allowed, by which rule, and what to add where not. Nothing is
/// looked up or dialled.</summary>
internal static class EgressTest
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CliConsole console)
    {
        Argument<string?> policy = PolicyInput.Argument("POLICY", required: true);
        var url = new Argument<string>("URL") { Description = "https://, http:// or ssh:// and a host, or NAME:PORT." };
        var method = new Option<string?>("--method", "-X") { Description = "Method of the request; GET without it.", HelpName = "METHOD" };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output." };
        var command = new Command("test", "Says whether a policy would let a connection or request out, and which rule decides.")
        {
            policy, url, method, json,
        };
        command.SetAction(parsed => Run(console, PolicyInput.Read(parsed.GetValue(policy)), parsed.GetRequiredValue(url),
            parsed.GetValue(method), parsed.GetValue(json)));
        return command.WithNotes("""
            Examples:
              vitrine egress test my-policy.yaml https://api.example.org/v1/models
              vitrine egress test my-policy.yaml https://api.example.org/v1/models --method POST
              vitrine egress test my-policy.yaml git.example.org:22

            Only the rules are asked: no name is looked up, so whether it leads to a private address shows when a sandbox connects.

            Exit codes:
              0  it would be allowed      1  it would be refused

            """);
    }

    private static int Run(CliConsole console, PolicyDocument policy, string url, string? method, bool json)
    {
        if (!EgressQuestion.TryParse(url, method, out EgressQuestion? question, out string error))
            throw CliException.Usage(error);
        EgressPlanResult planned = PolicyInput.PlanEgress(policy);
        if (planned.Plan is not { } plan)
            throw new CliException(ExitCodes.Refused, planned.Problems[0].Code, ProblemText.Of(planned.Problems[0]));
        EgressVerdict verdict = question!.Ask(plan);
        if (json)
            console.WriteLine(JsonText.Object(writer => Write(writer, policy, question, verdict)));
        else
            Print(console, policy, question, verdict);
        return verdict.Allowed ? ExitCodes.Ok : ExitCodes.Found;
    }

    private static void Print(CliConsole console, PolicyDocument policy, EgressQuestion question, EgressVerdict verdict)
    {
        string place = Place(policy, verdict.Rule) is { } line ? $" ({line})" : "";
        console.WriteLine(TerminalText.Escape($"{(verdict.Allowed ? "allowed" : "refused")}  {verdict.Message}{place}"));
        if (verdict.Allowed && Handling(question, verdict.Rule!) is { } handling)
            console.WriteLine(TerminalText.Escape($"         {handling}"));
        if (!verdict.Allowed && verdict.Hint.Length > 0)
            console.WriteLine(TerminalText.Escape($"         {verdict.Hint}"));
    }

    private static string? Handling(EgressQuestion question, EgressRule rule) => rule switch
    {
        { Protocol: EgressProtocol.Tls, Inspect: false } => question.Method is null ? "passed through untouched"
            : "passed through untouched: method and path are not looked at",
        { Protocol: EgressProtocol.Tls } => "TLS ends at the gateway, which judges each request",
        { Protocol: EgressProtocol.Http } => "each request is judged",
        { Protocol: EgressProtocol.Tcp } => "any bytes pass",
        _ => null,
    };

    // A rule's id is that of its entry, with what tells rules of one entry apart behind `/` or `:`.
    private static string? Place(PolicyDocument policy, EgressRule? rule)
    {
        foreach ((string list, IReadOnlyList<EgressEntry> entries) in (IEnumerable<(string, IReadOnlyList<EgressEntry>)>)
            [("egress.allow", policy.Egress.Allow), ("egress.deny", policy.Egress.Deny)])
        {
            for (int index = 0; index < entries.Count && rule is not null; index++)
            {
                string path = $"{list}[{index.ToString(CultureInfo.InvariantCulture)}]", id = entries[index].Id ?? path;
                if (rule.Id.StartsWith(id, StringComparison.Ordinal) && (rule.Id.Length == id.Length || rule.Id[id.Length] is '/' or ':'))
                    return policy.Source.Reason(path);
            }
        }

        return null;
    }

    private static void Write(Utf8JsonWriter writer, PolicyDocument policy, EgressQuestion question, EgressVerdict verdict)
    {
        writer.WriteBoolean("allowed", verdict.Allowed);
        writer.WriteString("code", verdict.Code);
        writer.WriteString("message", verdict.Message);
        writer.WriteString("hint", verdict.Hint);
        writer.WriteString("host", question.Host);
        writer.WriteNumber("port", question.Port);
        if (question.Method is not null)
        {
            writer.WriteString("method", question.Method);
            writer.WriteString("path", question.Path);
        }

        if (verdict.Rule is not { } rule)
            return;
        writer.WriteStartObject("rule");
        writer.WriteString("id", rule.Id);
        writer.WriteString("host", rule.Host);
        writer.WriteString("protocol", rule.Protocol.ToString().ToLowerInvariant());
        writer.WriteBoolean("inspect", rule.Inspect);
        writer.WriteBoolean("internal", rule.Internal);
        if (Place(policy, rule) is { } place)
            writer.WriteString("reason", place);
        writer.WriteEndObject();
    }
}
