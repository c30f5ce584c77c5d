namespace Vitrine.Policy.Planning;

/// <summary>Refuses policies that allow hosts while nothing enforces which.</summary>
internal static class EgressPlanner
{
    public static void Check(PlanContext context)
    {
        if (context.Policy.Egress.Allow.Count == 0) return;
        context.Error("egress-unavailable", "egress.allow",
            $"the policy allows {string.Join(", ", context.Policy.Egress.Allow.Take(3))}, but the egress gateway that would enforce it does not exist yet",
            "Remove `egress`: the sandbox then has loopback only");
    }
}
