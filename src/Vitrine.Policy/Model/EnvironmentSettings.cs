namespace Vitrine.Policy.Model;

/// <summary>Environment variables. Nothing of the host passes unless named.</summary>
public sealed record EnvironmentSettings
{
    /// <summary>Variables with their values.</summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Host variables that go in as they are.</summary>
    public IReadOnlyList<string> Pass { get; init; } = [];
}
