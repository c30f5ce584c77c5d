using Vitrine.Audit.Events;
using Vitrine.Cli.Output;
using Vitrine.Engine.Egress;

namespace Vitrine.Cli.Running;

/// <summary>
/// Says on standard error what a sandbox was refused on its way out and what to add to allow it: one line for each host and reason, and at most
/// <see cref="Most"/> of them, as a program may ask for ever new names. The trail has them all.
/// </summary>
internal sealed class RefusalLines(CliConsole console)
{
    /// <summary>Lines at most, alarms among them.</summary>
    public const int Most = 20;

    private readonly Lock _gate = new();
    private readonly HashSet<(string Code, string Host, int Port)> _said = [];

    /// <summary>Listens to a sandbox; nothing to do for one without a way out.</summary>
    public void Follow(SandboxEgress? egress)
    {
        if (egress is null)
            return;
        egress.Refused = Say;
        egress.Alarmed = Say;
    }

    /// <summary>Says a refusal, unless it was said.</summary>
    public void Say(EgressRefused refusal)
    {
        // A name is refused when it is asked for (port 0) and again by a proxy (with its port): for the reader that is one.
        int port = string.Equals(refusal.Code, "port", StringComparison.Ordinal) ? refusal.Port : 0;
        Say(refusal.Code, refusal.Host, port, refusal.Hint is null ? $"{refusal.Message}." : $"{refusal.Message}. {refusal.Hint}.");
    }

    /// <summary>Says an alarm, unless it was said.</summary>
    public void Say(EgressAlarm alarm) => Say(alarm.Kind, alarm.Host, -1, $"alarm ({alarm.Kind}): {alarm.Message}.");

    private void Say(string code, string host, int port, string message)
    {
        lock (_gate)
        {
            if (_said.Count > Most || !_said.Add((code, host, port)))
                return;
            if (_said.Count > Most)
                message = "more was refused; `vitrine audit show --type egress.refused` has it all.";
        }

        console.SayWarning($"egress: {message}");
    }
}
