namespace Vitrine.Policy.Tests;

public sealed class EmptyPolicyTests
{
    [Fact]
    public void Plan_EmptyPolicyOnThisHost_GivesThePlan()
    {
        PolicyReadResult read = PolicyReader.Read("", "empty.yaml");
        Assert.NotNull(read.Policy);
        PlanResult result = SandboxPlanner.Plan(read.Policy, new PlanRequest(), new LinuxHostFacts(), TimeProvider.System);
        Assert.NotNull(result.Plan);
        Assert.Empty(result.Problems);
    }
}
