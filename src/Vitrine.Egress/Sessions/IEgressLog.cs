using Vitrine.Audit.Events;

namespace Vitrine.Egress;

/// <summary>
/// Where a session tells what happened. The calls may come from many threads at once; the connection an event is about waits for the call,
/// so that a flood of events slows down who makes it. An exception ends that connection.
/// </summary>
public interface IEgressLog
{
    /// <summary>A connection, or one request on an inspected one, is over.</summary>
    ValueTask EndedAsync(EgressConnection connection);

    /// <summary>Something was refused: the first of a kind at once, then counts.</summary>
    ValueTask RefusedAsync(EgressRefused refusal);

    /// <summary>Something looks like an attack: the first of a kind at once, then counts.</summary>
    ValueTask AlarmAsync(EgressAlarm alarm);
}
