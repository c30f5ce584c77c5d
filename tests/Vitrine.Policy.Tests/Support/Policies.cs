using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Tests.Support;

/// <summary>Short ways to read and plan in tests.</summary>
internal static class Policies
{
    public static PolicyDocument Read(string text)
    {
        PolicyReadResult result = PolicyReader.Read(text, "test.yaml");
        Assert.True(result.Policy is not null, string.Join('\n', result.Problems));
        return result.Policy;
    }

    public static IReadOnlyList<PolicyProblem> Errors(string text)
    {
        PolicyReadResult result = PolicyReader.Read(text, "test.yaml");
        Assert.Null(result.Policy);
        return [.. result.Problems.Where(problem => problem.Severity == ProblemSeverity.Error)];
    }

    public static PlanResult Plan(string text, PlanRequest? request = null, IHostFacts? host = null, TimeProvider? clock = null) =>
        SandboxPlanner.Plan(Read(text), request ?? Operator, host ?? new TypicalHost(), clock ?? FixedClock.Noon);

    public static SandboxPlan PlanOf(string text, PlanRequest? request = null, IHostFacts? host = null)
    {
        PlanResult result = Plan(text, request, host);
        Assert.True(result.Plan is not null, string.Join('\n', result.Problems));
        return result.Plan;
    }

    public static EgressPlanResult PlanEgress(string text, PlanRequest? request = null) =>
        SandboxPlanner.PlanEgress(Read(text), request ?? Operator, new TypicalHost());

    public static PolicyProblem SingleError(PlanResult result)
    {
        Assert.Null(result.Plan);
        return Assert.Single(result.Problems, problem => problem.Severity == ProblemSeverity.Error);
    }

    public static PlanRequest Operator { get; } = new() { Authority = RequestAuthority.Operator, BaseDirectory = "/home/alice/project" };
}
