using System.Collections.Concurrent;
using Vitrine.Audit;
using Vitrine.Audit.Events;

namespace Vitrine.Egress.Tests.Support;

/// <summary>Keeps what a session tells.</summary>
internal sealed class RecordingLog : IEgressLog
{
    private readonly ConcurrentQueue<AuditPayload> _events = [];

    public IReadOnlyList<EgressConnection> Ended => [.. _events.OfType<EgressConnection>()];

    public IReadOnlyList<EgressRefused> Refused => [.. _events.OfType<EgressRefused>()];

    public IReadOnlyList<EgressAlarm> Alarms => [.. _events.OfType<EgressAlarm>()];

    public ValueTask EndedAsync(EgressConnection connection) => Keep(connection);

    public ValueTask RefusedAsync(EgressRefused refusal) => Keep(refusal);

    public ValueTask AlarmAsync(EgressAlarm alarm) => Keep(alarm);

    private ValueTask Keep(AuditPayload payload)
    {
        _events.Enqueue(payload);
        return ValueTask.CompletedTask;
    }
}
