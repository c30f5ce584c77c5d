using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Planning;

/// <summary>Refuses policies that allow hosts while nothing enforces which.</summary>
internal static class EgressAvailability
{
    public static void Check(PlanContext context, EgressPlan? egress)
    {
        if (egress is null) return;
        context.Error("egress-unavailable", context.Policy.Egress.Allow.Count > 0 ? "egress.allow" : "request.allow",
            $"{string.Join(", ", egress.Allow.Take(3).Select(rule => rule.Host))} would be allowed, but the egress gateway that would enforce it does not exist yet",
            "Remove `egress`: the sandbox then has loopback only");
    }
}
