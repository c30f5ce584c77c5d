using Vitrine.Policy;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Conformance.Tests.Support;

/// <summary>Plans as a user gets them: from a policy's text and a request at the command line.</summary>
internal static class Plans
{
    /// <summary>The plan of a policy; an empty one is the tightest.</summary>
    public static SandboxPlan Of(string policy = "", params MountSettings[] mounts)
    {
        PolicyReadResult read = PolicyReader.Read(policy, "test-policy");
        Assert.True(read.Policy is not null, string.Join('\n', read.Problems));
        var request = new PlanRequest { Authority = RequestAuthority.Operator, Mounts = mounts };
        PlanResult planned = SandboxPlanner.Plan(read.Policy, request, new LinuxHostFacts(), TimeProvider.System);
        Assert.True(planned.Plan is not null, string.Join('\n', planned.Problems));
        return planned.Plan;
    }

    public static MountSettings ReadOnly(string source, string target) => new() { Source = source, Target = target };

    public static MountSettings Writable(string source, string target) =>
        new() { Source = source, Target = target, Access = MountAccess.ReadWrite };
}
