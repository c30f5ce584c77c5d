using System.Security.Cryptography;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Secrets;

/// <summary>A secret with its value. The value is in memory only, and nothing but <see cref="Reveal"/> shows it.</summary>
public sealed class SecretValue
{
    /// <summary>What every placeholder starts with.</summary>
    internal const string PlaceholderPrefix = "vitrine-secret-";

    private readonly string _value;

    internal SecretValue(SecretPlan plan, string value)
        : this(plan, value, $"{PlaceholderPrefix}{plan.Name}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}")
    {
    }

    private SecretValue(SecretPlan plan, string value, string placeholder)
    {
        Plan = plan;
        _value = value;
        Placeholder = placeholder;
    }

    /// <summary>The secret.</summary>
    public SecretPlan Plan { get; }

    /// <summary>What stands for the value inside: `vitrine-secret-NAME-` and 32 hex digits, random for each sandbox.</summary>
    public string Placeholder { get; }

    /// <summary>The value, at the one place where it leaves: a request to one of its hosts.</summary>
    internal string Reveal() => _value;

    /// <summary>The same value and placeholder, for other hosts or places.</summary>
    internal SecretValue With(SecretPlan plan) => new(plan, _value, Placeholder);

    /// <summary>Whether it is for a host.</summary>
    /// <param name="name">Name in normal form.</param>
    internal bool IsFor(string name) => Plan.Hosts.Any(pattern => HostName.Matches(pattern, name));

    /// <summary>Its name alone.</summary>
    public override string ToString() => Plan.Name;
}
