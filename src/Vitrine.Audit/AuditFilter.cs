namespace Vitrine.Audit;

/// <summary>Which records to read; null members do not choose.</summary>
public sealed record AuditFilter
{
    /// <summary>Everything.</summary>
    public static AuditFilter All { get; } = new();

    /// <summary>Only this writer's chain.</summary>
    public string? Writer { get; init; }

    /// <summary>Only events of this sandbox.</summary>
    public string? Sandbox { get; init; }

    /// <summary>Only events of this command.</summary>
    public string? Command { get; init; }

    /// <summary>Only events of this name, or of a family: `sandbox` chooses `sandbox.created` and `sandbox.destroyed`.</summary>
    public string? Type { get; init; }

    /// <summary>Only events at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only events before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether a record is chosen.</summary>
    internal bool Accepts(AuditRecord record) =>
        (Sandbox is null || Sandbox == record.Event.Sandbox)
        && (Command is null || Command == record.Event.Command)
        && (Type is null || Type == record.Event.Type || record.Event.Type.StartsWith(Type + ".", StringComparison.Ordinal))
        && (Since is null || record.Time >= Since)
        && (Until is null || record.Time < Until);
}
