using Vitrine.Policy.Model;
using Vitrine.Policy.Testing;

namespace Vitrine.Policy;

/// <summary>Runs a policy's own accept and deny tests. Without a host it takes <see cref="TypicalHost"/>, so that the outcome is the same
/// everywhere.</summary>
public static class PolicyTester
{
    /// <summary>Runs all of them.</summary>
    /// <param name="policy">The policy with its tests.</param>
    /// <param name="clock">Now, unless the tests state a time.</param>
    /// <param name="host">The host; null for the typical one.</param>
    public static IReadOnlyList<PolicyTestOutcome> Run(PolicyDocument policy, TimeProvider clock, IHostFacts? host = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(clock);
        var judge = new PolicyTestJudge(policy, host ?? new TypicalHost(), policy.Tests.At ?? clock.GetUtcNow());
        return
        [
            .. policy.Tests.Accept.Select(test => Outcome(judge, test, expectsAccept: true)),
            .. policy.Tests.Deny.Select(test => Outcome(judge, test, expectsAccept: false)),
        ];
    }

    private static PolicyTestOutcome Outcome(PolicyTestJudge judge, PolicyTestCase test, bool expectsAccept)
    {
        TestAnswer answer = judge.Ask(test);
        return new PolicyTestOutcome(test, expectsAccept, answer.Accepted == expectsAccept, answer.Detail);
    }
}
