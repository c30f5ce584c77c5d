using Vitrine.Audit.Chain;

namespace Vitrine.Audit.Events;

/// <summary>`egress.alarm`: what a sandbox does on its way out looks like an attack.</summary>
public sealed record EgressAlarm : AuditPayload
{
    /// <inheritdoc/>
    public override string Type => "egress.alarm";

    /// <summary>`placeholder`: a secret's placeholder on its way to a host it is not for. `wildcard-flood`: names below one wildcard beyond
    /// the budget. `metadata`: a cloud's credentials service was asked for.</summary>
    public required string Kind { get; init; }

    /// <summary>The name or address it is about.</summary>
    public required string Host { get; init; }

    /// <summary>The port; 0 where none was said.</summary>
    public required int Port { get; init; }

    /// <summary>What happened, a sentence; never a secret's value.</summary>
    public required string Message { get; init; }

    /// <summary>Id of the rule it happened under; null for none.</summary>
    public string? Rule { get; init; }

    /// <summary>How often since the last such event.</summary>
    public long Count { get; init; } = 1;

    /// <inheritdoc/>
    internal override void Write(LineWriter line) => line
        .Text("kind", Kind).Text("host", Host).Number("port", Port).Text("message", Message).Text("rule", Rule).Number("count", Count);
}
