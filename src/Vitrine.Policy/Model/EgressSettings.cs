namespace Vitrine.Policy.Model;

/// <summary>Hosts that may be reached. Default none.</summary>
public sealed record EgressSettings
{
    /// <summary>Host names, exact or `*.name`, with an optional `:port` (443 without).</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];
}
