namespace Vitrine.Audit;

/// <summary>One thing that happened, before it has a place in a chain.</summary>
public sealed record AuditEvent
{
    /// <summary>What happened.</summary>
    public required AuditPayload Payload { get; init; }

    /// <summary>Whose word it is.</summary>
    public required AuditSource Source { get; init; }

    /// <summary>Id of the sandbox it belongs to; null for events of the writer itself.</summary>
    public string? Sandbox { get; init; }

    /// <summary>Id of the command within the sandbox; null where it concerns none.</summary>
    public string? Command { get; init; }

    /// <summary>The dotted name, for instance `sandbox.created`.</summary>
    public string Type => Payload.Type;
}
