using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Model;

/// <summary>Marks a policy as one for debugging: less restrictive, shown as such everywhere, and refused once it has expired.</summary>
public sealed record DebugSettings
{
    /// <summary>When it ends, at most 24 hours ahead.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Why, for the audit trail.</summary>
    public required string Reason { get; init; }

    /// <summary>Layers turned off. Default none.</summary>
    public IReadOnlyList<Layer> Disable { get; init; } = [];
}
