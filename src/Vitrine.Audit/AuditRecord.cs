namespace Vitrine.Audit;

/// <summary>An event in its place in a chain, as read back.</summary>
public sealed record AuditRecord
{
    /// <summary>Place in the chain, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was written, UTC, by the writer's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The chain's writer.</summary>
    public required string Writer { get; init; }

    /// <summary>
    /// The event. Its strings are as they were before escaping: control characters among them. Print <see cref="Line"/>, which is plain ASCII,
    /// or clean them first.
    /// </summary>
    public required AuditEvent Event { get; init; }

    /// <summary>Characters and list items of hostile strings that were too long and left out of this line; 0 for none.</summary>
    public long Cut { get; init; }

    /// <summary>The line itself without its newline: printable ASCII, safe for a terminal.</summary>
    public required string Line { get; init; }
}
