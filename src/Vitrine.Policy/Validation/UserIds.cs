namespace Vitrine.Policy.Validation;

/// <summary>Ids a policy may name: below the guest's own.</summary>
internal static class UserIds
{
    /// <summary>The guest's id inside (HARDENING 1).</summary>
    public const uint Guest = 60000;

    public const uint Highest = Guest - 1;
}
