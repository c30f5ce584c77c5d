using System.Text.Json.Serialization;
using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`egress.connection`: a connection out of a sandbox, or one request on an inspected one, is over.</summary>
public sealed record EgressConnection : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "egress.connection";

    /// <summary>The name it went to.</summary>
    public required string Name { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The address dialled, or the upstream proxy as `proxy host:port`; null when none was.</summary>
    public string? Address { get; init; }

    /// <summary>`tls`, `http`, `https`, `ssh` or `tcp`.</summary>
    public required string Protocol { get; init; }

    /// <summary>Id of the rule that allowed it.</summary>
    public required string Rule { get; init; }

    /// <summary>Bytes from the sandbox to the host outside.</summary>
    public long BytesOut { get; init; }

    /// <summary>Bytes to the sandbox.</summary>
    public long BytesIn { get; init; }

    /// <summary>From the first byte or connection to the end, by the host's clock.</summary>
    [JsonPropertyName("durationUs"), JsonConverter(typeof(MicrosecondsConverter))]
    public TimeSpan Duration { get; init; }

    /// <summary>How: `closed`, `reset`, `idle`, `stalled`, `budget`, `revoked`, `sandbox-ended`, or a refusal's code.</summary>
    public required string Ended { get; init; }

    /// <summary>The request's method; null where the gateway does not look inside.</summary>
    public string? Method { get; init; }

    /// <summary>The request's path without its query; null where the gateway does not look inside.</summary>
    public string? Path { get; init; }

    /// <summary>The status answered to the sandbox; null where the gateway does not look inside, or none was.</summary>
    public int? Status { get; init; }

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line
        .Text("name", Name).Number("port", Port).Text("address", Address).Text("protocol", Protocol).Text("rule", Rule)
        .Number("bytesOut", BytesOut).Number("bytesIn", BytesIn).Microseconds("durationUs", Duration).Text("ended", Ended)
        .Text("method", Method).Text("path", Path).Number("status", Status);
}
