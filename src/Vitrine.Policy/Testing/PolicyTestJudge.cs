using Vitrine.Policy.Compile.Seccomp;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Testing;

/// <summary>Answers the statements of a policy's tests from the plan it gives.</summary>
internal sealed class PolicyTestJudge(PolicyDocument policy, IHostFacts host, DateTimeOffset now)
{
    private readonly PlanResult _result = Plan(policy, host, now, []);
    private readonly EgressPlanResult _egress = SandboxPlanner.PlanEgress(policy, Request(policy, host, []), host);

    public TestAnswer Ask(PolicyTestCase test) => test.Kind switch
    {
        PolicyTestKind.Mount => Mount(test.Subject),
        PolicyTestKind.Write => OfPlan(plan => PlaceAnswers.Write(plan, test.Subject)),
        PolicyTestKind.Execute => OfPlan(plan => PlaceAnswers.Execute(plan, test.Subject)),
        PolicyTestKind.Environment => OfPlan(plan => plan.Environment.ContainsKey(test.Subject) ? new(true, "it is set inside")
            : new(false, "it is not set inside")),
        PolicyTestKind.Limit => OfPlan(plan => LimitAnswers.Ask(policy, plan, test.Subject)),
        PolicyTestKind.Syscall => Syscall(test.Subject),
        PolicyTestKind.Host => HostAnswers.Ask(_egress, test.Subject),
        PolicyTestKind.Layer => Layer(test.Subject),
        PolicyTestKind.Capability => policy.User.Capabilities.Contains(test.Subject, StringComparer.Ordinal)
            ? new(true, "commands hold it") : new(false, "commands do not hold it"),
        PolicyTestKind.Start => Start(test.Subject),
        _ => TestAnswer.Unanswerable("no such test"),
    };

    private static PlanResult Plan(PolicyDocument policy, IHostFacts host, DateTimeOffset now, IReadOnlyList<MountSettings> mounts) =>
        SandboxPlanner.Plan(policy, Request(policy, host, mounts), host, new FixedClock(now));

    private static PlanRequest Request(PolicyDocument policy, IHostFacts host, IReadOnlyList<MountSettings> mounts) => new()
    {
        Authority = RequestAuthority.Operator,
        BaseDirectory = host.OwnHome is { } home ? $"{home}/project" : "/srv",
        Mounts = mounts,
        HostEnvironment = policy.Environment.Pass.Append("SOME_HOST_VARIABLE")
            .Distinct(StringComparer.Ordinal).ToDictionary(name => name, _ => "value of the host", StringComparer.Ordinal),
    };

    private TestAnswer OfPlan(Func<SandboxPlan, TestAnswer> question) =>
        _result.Plan is { } plan ? question(plan) : TestAnswer.Unanswerable($"the policy gives no plan: {FirstError(_result)}");

    private TestAnswer Mount(string argument)
    {
        if (!MountArgument.TryParse(argument, out MountSettings? mount, out string error)) return new TestAnswer(false, error);
        PlanResult result = Plan(policy, host, now, [mount!]);
        PolicyProblem? refusal = result.Problems.FirstOrDefault(problem => problem.Severity == ProblemSeverity.Error
            && problem.Path.StartsWith("request.", StringComparison.Ordinal));
        return refusal is null ? new TestAnswer(true, "it may go in") : new TestAnswer(false, $"{refusal.Code}: {refusal.Message}");
    }

    private TestAnswer Syscall(string name)
    {
        if (!SyscallTable.IsKnown(name)) return TestAnswer.Unanswerable("there is no such system call");
        if (policy.Debug?.Disable.Contains(Plans.Layer.Seccomp) ?? false) return new TestAnswer(true, "the layer seccomp is off");
        if (policy.Seccomp.Deny.Contains(name, StringComparer.Ordinal)) return new TestAnswer(false, "the policy denies it");
        if (policy.Seccomp.Allow.Contains(name, StringComparer.Ordinal)) return new TestAnswer(true, "the policy allows it");
        SyscallClassification? listed = SyscallTable.Classify(name);
        return new TestAnswer(listed is { Kind: not SyscallVerdictKind.Refused },
            $"built-in list: {listed?.Kind.ToString() ?? "not on it"}");
    }

    private TestAnswer Layer(string name)
    {
        if (!LayerNames.TryParse(name, out Layer layer)) return TestAnswer.Unanswerable($"there is no layer '{name}'");
        return policy.Debug?.Disable.Contains(layer) ?? false
            ? new TestAnswer(false, "it is turned off") : new TestAnswer(true, "it is on");
    }

    private TestAnswer Start(string when)
    {
        if (when is "now") return new TestAnswer(_result.Plan is not null, _result.Plan is null ? FirstError(_result) : "it gives a plan");
        if (!DateTimeOffset.TryParse(when, System.Globalization.CultureInfo.InvariantCulture,
            out DateTimeOffset time)) return TestAnswer.Unanswerable("write `now` or a moment");
        PlanResult result = Plan(policy, host, time, []);
        return new TestAnswer(result.Plan is not null, result.Plan is null ? FirstError(result) : "it gives a plan");
    }

    private static string FirstError(PlanResult result) =>
        result.Problems.FirstOrDefault(problem => problem.Severity == ProblemSeverity.Error) is { } error
            ? $"{error.Code}: {error.Message}" : "no error";

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
