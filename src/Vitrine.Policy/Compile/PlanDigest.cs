using System.Security.Cryptography;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile;

/// <summary>The digest of a plan: lower-case hex SHA-256 over <see cref="PlanJson.Canonical"/>.</summary>
public static class PlanDigest
{
    /// <summary>Computes it; the plan's own <see cref="SandboxPlan.Digest"/> does not matter.</summary>
    public static string Of(SandboxPlan plan) => Convert.ToHexStringLower(SHA256.HashData(PlanJson.Canonical(plan)));
}
