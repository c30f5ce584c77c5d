using System.Globalization;
using System.Text;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Compile;

/// <summary>What a policy compiles to, for people to read and other tools to take. The OCI bundle is made by the runtimes.</summary>
/// <param name="PlanJson">The plan, indented.</param>
/// <param name="SeccompJson">The command's allow-list as an OCI `linux.seccomp` object, as Docker and Podman take it too.</param>
/// <param name="SeccompOuterJson">The outer filter in the same form.</param>
/// <param name="Landlock">The Landlock rules, one a line: accesses, then the path.</param>
public sealed record CompiledPolicy(string PlanJson, string SeccompJson, string SeccompOuterJson, string Landlock);

/// <summary>Prints what a plan was compiled to.</summary>
public static class PolicyCompiler
{
    /// <summary>Compiles for print.</summary>
    /// <param name="policy">The policy the plan was made from.</param>
    /// <param name="plan">The plan.</param>
    public static CompiledPolicy Compile(PolicyDocument policy, SandboxPlan plan)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(plan);
        return new CompiledPolicy(
            Vitrine.Policy.Compile.PlanJson.ForPeople(plan),
            Seccomp.SeccompJson.AllowList(LayerCompiler.Request(policy, plan.Mounts)),
            plan.Seccomp.OuterJson,
            Rules(plan.Landlock));
    }

    private static string Rules(IReadOnlyList<LandlockPlan> rules)
    {
        var text = new StringBuilder();
        foreach (LandlockPlan rule in rules) text.Append(CultureInfo.InvariantCulture, $"{LandlockNames.Of(rule.Access)} {rule.Path}\n");
        return text.ToString();
    }
}
