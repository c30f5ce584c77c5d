using System.Text.Json.Serialization;
using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`sandbox.destroyed`: everything in it was killed and every trace removed.</summary>
public sealed record SandboxDestroyed : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "sandbox.destroyed";

    /// <summary>Why: `exited`, `cancelled`, `timeout`, `oom`, `guest-fault`, …</summary>
    public required string Reason { get; init; }

    /// <summary>From created to destroyed.</summary>
    [JsonPropertyName("durationUs"), JsonConverter(typeof(MicrosecondsConverter))]
    public TimeSpan Duration { get; init; }

    /// <summary>CPU time of everything in it, as the kernel counted.</summary>
    [JsonPropertyName("cpuUs"), JsonConverter(typeof(MicrosecondsConverter))]
    public TimeSpan Cpu { get; init; }

    /// <summary>Most bytes of memory; null where the kernel does not count it.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Commands that were run.</summary>
    public long Commands { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line
        .Text("reason", Reason).Microseconds("durationUs", Duration).Microseconds("cpuUs", Cpu)
        .Number("peakMemoryBytes", PeakMemoryBytes).Number("commands", Commands);
}
