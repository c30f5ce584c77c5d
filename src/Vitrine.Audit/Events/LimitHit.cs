using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`limit.hit`: a limit did its work.</summary>
public sealed record LimitHit : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "limit.hit";

    /// <summary>The limit's policy key: `memory`, `pids`, `output`, `wall-clock`, `idle`, …</summary>
    public required string Limit { get; init; }

    /// <summary>How often since the last such event.</summary>
    public long Count { get; init; } = 1;

    /// <summary>Its value, in the limit's unit; null where it has none.</summary>
    public long? Value { get; init; }

    /// <summary>Who counted, for instance `memory.events oom_kill`.</summary>
    public string? Counter { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line.Text("limit", Limit).Number("count", Count).Number("value", Value).Text("counter", Counter);
}
