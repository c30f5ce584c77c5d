using Vitrine.Policy.Problems;

namespace Vitrine.Policy.Validation;

/// <summary>Which system calls a policy may name, and which only while debugging.</summary>
internal static class SyscallRules
{
    public static void Check(PolicyDocument policy, ProblemList problems)
    {
        for (int index = 0; index < policy.Seccomp.Allow.Count; index++)
        {
            string name = policy.Seccomp.Allow[index];
            string path = $"seccomp.allow[{index}]";
            CheckKnown(policy, problems, name, path);
            if (ForbiddenSyscalls.Reason(name) is { } reason && policy.Debug is null)
                problems.Error("syscall-forbidden", path, policy.Source.Mark(path), $"the system call '{name}' may not be allowed: {reason}", "Remove it, or make this a debugging policy with `debug:`");
        }

        for (int index = 0; index < policy.Seccomp.Deny.Count; index++)
            CheckKnown(policy, problems, policy.Seccomp.Deny[index], $"seccomp.deny[{index}]");
    }

    private static void CheckKnown(PolicyDocument policy, ProblemList problems, string name, string path)
    {
        if (!SyscallNames.Exists(name))
            problems.Error("syscall-unknown", path, policy.Source.Mark(path), $"there is no system call '{Printable.Of(name)}'",
                SyscallNames.Nearest(name) is { } nearest ? $"Did you mean '{nearest}'?" : "Use the names of syscalls(2), in lower case");
    }
}
