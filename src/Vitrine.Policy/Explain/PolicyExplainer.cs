using Vitrine.Policy.Explain;

namespace Vitrine.Policy;

/// <summary>Says what a policy allows and why, and what a change of it widens (requirement P5).</summary>
public static class PolicyExplainer
{
    /// <summary>Everything a policy says, its silence included: with the line that says so, or `default`.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="host">Where presets are looked up in the package managers' configuration; null leaves that out.</param>
    public static IReadOnlyList<PolicyStatement> Explain(PolicyDocument policy, IHostFacts? host = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return [.. IdentityStatements.Of(policy), .. PlaceStatements.Of(policy), .. LimitStatements.Of(policy),
            .. EgressStatements.Of(policy, host), .. TrustStatements.Of(policy)];
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
