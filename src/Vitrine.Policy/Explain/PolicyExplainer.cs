using Vitrine.Policy.Explain;

namespace Vitrine.Policy;

/// <summary>Says what a policy allows and why, and what a change of it widens (requirement P5). Pure: no host is asked.</summary>
public static class PolicyExplainer
{
    /// <summary>Everything a policy says, its silence included: with the line that says so, or `default`.</summary>
    public static IReadOnlyList<PolicyStatement> Explain(PolicyDocument policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return [.. IdentityStatements.Of(policy), .. PlaceStatements.Of(policy), .. LimitStatements.Of(policy),
            .. TrustStatements.Of(policy)];
    }

    /// <summary>What the second policy does otherwise than the first, widenings first.</summary>
    public static IReadOnlyList<PolicyChange> Diff(PolicyDocument before, PolicyDocument after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var changes = new ChangeList(before.Source, after.Source);
        IdentityChanges.Collect(changes, before, after);
        PlaceChanges.Collect(changes, before, after);
        LimitChanges.Collect(changes, before.Limits, after.Limits);
        TrustChanges.Collect(changes, before, after);
        return [.. changes.Items.OrderByDescending(change => change.Kind)];
    }

    /// <summary>Whether the second policy allows nothing that the first does not: every change narrows.</summary>
    public static bool IsNarrower(PolicyDocument before, PolicyDocument after) =>
        Diff(before, after).All(change => change.Kind == PolicyChangeKind.Narrows);
}
