using System.Text.Json.Serialization;
using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>The limits a sandbox was made with.</summary>
public sealed record AuditLimits
{
    /// <summary>Bytes of memory, no swap.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Thousandths of one CPU.</summary>
    public required int CpuMillis { get; init; }

    /// <summary>Processes and threads.</summary>
    public required int Pids { get; init; }

    /// <summary>RLIMIT_NOFILE.</summary>
    public required int OpenFiles { get; init; }

    /// <summary>Bytes of output of one command.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>Wall clock; zero for none.</summary>
    [JsonPropertyName("wallClockUs"), JsonConverter(typeof(MicrosecondsConverter))]
    public required TimeSpan WallClock { get; init; }

    /// <summary>Idle time; zero for none.</summary>
    [JsonPropertyName("idleUs"), JsonConverter(typeof(MicrosecondsConverter))]
    public required TimeSpan Idle { get; init; }

    /// <summary>Writes the members.</summary>
    internal void Write(LineWriter line) => line
        .Number("memoryBytes", MemoryBytes).Number("cpuMillis", CpuMillis).Number("pids", Pids).Number("openFiles", OpenFiles)
        .Number("outputBytes", OutputBytes).Microseconds("wallClockUs", WallClock).Microseconds("idleUs", Idle);
}
