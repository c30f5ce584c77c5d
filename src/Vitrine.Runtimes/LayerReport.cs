using Vitrine.Policy.Plans;

namespace Vitrine.Runtimes;

/// <summary>What one layer does for one sandbox.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Detail">How (for instance the host id range), or why not.</param>
public sealed record LayerReport(Layer Layer, LayerStatus Status, string Detail);

/// <summary>Whether a layer holds.</summary>
public enum LayerStatus
{
    /// <summary>It holds, as checked on this sandbox.</summary>
    Enforced,

    /// <summary>This host or runtime cannot; the detail says why.</summary>
    NotAvailable,

    /// <summary>The policy turned it off.</summary>
    OffByPolicy,
}

/// <summary>The kebab-case names of <see cref="LayerStatus"/>, as reports and the audit trail spell them.</summary>
public static class LayerStatusNames
{
    /// <summary>The name of a status.</summary>
    public static string Of(LayerStatus status) => status switch
    {
        LayerStatus.Enforced => "enforced",
        LayerStatus.NotAvailable => "not-available",
        _ => "off-by-policy",
    };
}
