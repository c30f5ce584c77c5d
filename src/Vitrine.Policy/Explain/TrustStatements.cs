using Vitrine.Policy.Plans;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Explain;

/// <summary>Environment, system calls, layers.</summary>
internal static class TrustStatements
{
    public static IEnumerable<PolicyStatement> Of(PolicyDocument policy)
    {
        foreach (string name in policy.Environment.Set.Keys.Order(StringComparer.Ordinal)) yield return Variable(policy,
            $"environment.set.{name}", name, "is set");
        for (int index = 0; index < policy.Environment.Pass.Count; index++) yield return Variable(policy, $"environment.pass[{index}]",
            policy.Environment.Pass[index], "is passed from the host");
        yield return Statement.Refused(policy, "environment", "no other variable of the host passes");

        for (int index = 0; index < policy.Seccomp.Allow.Count; index++)
            yield return Statement.Warning(policy, $"seccomp.allow[{index}]",
                $"the system call {policy.Seccomp.Allow[index]}, which the built-in list refuses");
        for (int index = 0; index < policy.Seccomp.Deny.Count; index++)
            yield return Statement.Refused(policy, $"seccomp.deny[{index}]", $"the system call {policy.Seccomp.Deny[index]}");
        yield return Statement.Refused(policy, "seccomp", "every system call that is not on the built-in list");

        for (int index = 0; index < policy.Layers.Require.Count; index++)
            yield return Statement.Refused(policy, $"layers.require[{index}]",
                $"starting where the layer {LayerNames.Of(policy.Layers.Require[index])} cannot be had");
        for (int index = 0; index < (policy.Debug?.Disable.Count ?? 0); index++)
            yield return Statement.Warning(policy, $"debug.disable[{index}]",
                $"the layer {LayerNames.Of(policy.Debug!.Disable[index])} is off");
    }

    private static PolicyStatement Variable(PolicyDocument policy, string path, string name, string how) => VariableNames.LooksSecret(name)
        ? Statement.Warning(policy, path, $"the variable {name} {how}, and its name says that it is a secret")
        : Statement.Allowed(policy, path, $"the variable {name} {how}");
}
