using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Model;

/// <summary>What the policy demands of the boundary's layers.</summary>
public sealed record LayerSettings
{
    /// <summary>Layers without which the sandbox must not start. Default none.</summary>
    public IReadOnlyList<Layer> Require { get; init; } = [];
}
