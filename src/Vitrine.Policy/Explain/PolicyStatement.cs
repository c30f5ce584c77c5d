namespace Vitrine.Policy;

/// <summary>One thing a policy lets through, refuses or limits, and why.</summary>
/// <param name="Kind">Which of these.</param>
/// <param name="Path">The key that says so.</param>
/// <param name="Sentence">What it means.</param>
/// <param name="Reason">`file:line`, or `default`.</param>
public sealed record PolicyStatement(StatementKind Kind, string Path, string Sentence, string Reason)
{
    /// <summary>`allowed  files …  (policy.yaml:12)`.</summary>
    public override string ToString() => $"{KindName,-8} {Sentence} ({Reason})";

    private string KindName => Kind switch
    {
        StatementKind.Allowed => "allowed",
        StatementKind.Refused => "refused",
        StatementKind.Limit => "limit",
        _ => "warning",
    };
}

/// <summary>What a statement says.</summary>
public enum StatementKind
{
    /// <summary>It is possible inside.</summary>
    Allowed,

    /// <summary>It is not possible inside.</summary>
    Refused,

    /// <summary>It ends somewhere.</summary>
    Limit,

    /// <summary>It loosens the boundary.</summary>
    Warning,
}
