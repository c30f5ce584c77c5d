using Vitrine.Policy.Plans;

namespace Vitrine.Policy;

/// <summary>What planning gave.</summary>
/// <param name="Plan">The plan; null when there is any error.</param>
/// <param name="Problems">Errors, warnings and notes, errors first.</param>
public sealed record PlanResult(SandboxPlan? Plan, IReadOnlyList<PolicyProblem> Problems);

/// <summary>The way out alone.</summary>
/// <param name="Plan">The rules, none of which is a plan too; null when there is any error.</param>
/// <param name="Problems">All problems, errors first in the order of the text.</param>
public sealed record EgressPlanResult(EgressPlan? Plan, IReadOnlyList<PolicyProblem> Problems);
