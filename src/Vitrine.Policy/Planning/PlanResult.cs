using Vitrine.Policy.Plans;

namespace Vitrine.Policy;

/// <summary>What planning gave.</summary>
/// <param name="Plan">The plan; null when there is any error.</param>
/// <param name="Problems">Errors, warnings and notes, errors first.</param>
public sealed record PlanResult(SandboxPlan? Plan, IReadOnlyList<PolicyProblem> Problems);
