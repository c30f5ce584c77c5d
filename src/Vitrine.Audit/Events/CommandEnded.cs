using System.Text.Json.Serialization;
using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`command.ended`: a command is over, and why.</summary>
public sealed record CommandEnded : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "command.ended";

    /// <summary>Exit code; null when a signal ended it or it never ran.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal number; null when it exited by itself.</summary>
    public int? Signal { get; init; }

    /// <summary>Why: `exited`, `signaled`, `oom`, `pids`, `timeout`, `idle-timeout`, `output-limit`, `cancelled`, `guest-fault`, `runtime-failed`, `refused`.</summary>
    public required string Reason { get; init; }

    /// <summary>From asking the guest to its answer, by the host's clock.</summary>
    [JsonPropertyName("durationUs"), JsonConverter(typeof(MicrosecondsConverter))]
    public TimeSpan Duration { get; init; }

    /// <summary>CPU time of it and its waited-for children, user and system.</summary>
    [JsonPropertyName("cpuUs"), JsonConverter(typeof(MicrosecondsConverter))]
    public TimeSpan Cpu { get; init; }

    /// <summary>Peak resident bytes of its largest process; null where unknown.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Bytes it wrote to output and error together, as the host counted.</summary>
    public long OutputBytes { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line
        .Number("exitCode", ExitCode).Number("signal", Signal).Text("reason", Reason).Microseconds("durationUs", Duration)
        .Microseconds("cpuUs", Cpu).Number("peakMemoryBytes", PeakMemoryBytes).Number("outputBytes", OutputBytes);
}
