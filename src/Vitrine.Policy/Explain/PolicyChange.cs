namespace Vitrine.Policy;

/// <summary>One difference between two policies.</summary>
/// <param name="Kind">What it does to the boundary.</param>
/// <param name="Path">The key.</param>
/// <param name="Before">The value before, as a policy spells it.</param>
/// <param name="After">The value after.</param>
public sealed record PolicyChange(PolicyChangeKind Kind, string Path, string Before, string After)
{
    /// <summary>Where the new value stands: `file:line`, or `default`.</summary>
    public string Reason { get; init; } = "default";

    /// <summary>`widens  limits.memory: 1GiB → 2GiB (policy.yaml:4)`.</summary>
    public override string ToString() => $"{KindName,-8} {Path}: {Before} → {After} ({Reason})";

    private string KindName => Kind switch
    {
        PolicyChangeKind.Widens => "widens",
        PolicyChangeKind.Changes => "changes",
        _ => "narrows",
    };
}

/// <summary>What a change does to the boundary.</summary>
public enum PolicyChangeKind
{
    /// <summary>Less is possible than before.</summary>
    Narrows,

    /// <summary>Something else is possible than before; neither can be proved narrower.</summary>
    Changes,

    /// <summary>More is possible than before.</summary>
    Widens,
}
