using Vitrine.Policy.Compile.Seccomp;
using Vitrine.Policy.Problems;

namespace Vitrine.Policy.Validation;

/// <summary>Which system calls a policy may name, and which only while debugging.</summary>
internal static class SyscallRules
{
    public static void Check(PolicyDocument policy, ProblemList problems)
    {
        for (int index = 0; index < policy.Seccomp.Allow.Count; index++) CheckAllowed(policy, problems, policy.Seccomp.Allow[index],
            $"seccomp.allow[{index}]");
        for (int index = 0; index < policy.Seccomp.Deny.Count; index++) CheckDenied(policy, problems, policy.Seccomp.Deny[index],
            $"seccomp.deny[{index}]");
    }

    private static void CheckAllowed(PolicyDocument policy, ProblemList problems, string name, string path)
    {
        SourceMark mark = policy.Source.Mark(path);
        if (!CheckKnown(problems, mark, name, path)) return;
        string reason = Reason(name);
        if (SyscallTable.IsNeverAllowed(name))
            problems.Error("syscall-forbidden", path, mark, $"the system call '{name}' is never allowed: {reason}", "Remove it");
        else if (ForbiddenSyscalls.Reason(name) is { } danger && policy.Debug is null)
            problems.Error("syscall-forbidden", path, mark, $"the system call '{name}' is allowed only while debugging: {danger}",
                "Remove it, or make this a debugging policy with `debug:`");
        else if (SyscallTable.Classify(name) is { Kind: SyscallVerdictKind.Allowed })
            problems.Note("syscall-allowed-anyway", path, mark, $"the system call '{name}' is allowed anyway", "Remove it");
    }

    private static void CheckDenied(PolicyDocument policy, ProblemList problems, string name, string path)
    {
        SourceMark mark = policy.Source.Mark(path);
        if (CheckKnown(problems, mark, name, path) && SyscallTable.IsEssential(name))
            problems.Error("syscall-essential", path, mark,
                $"the system call '{name}' cannot be denied: no command could start or end without it", "Remove it");
    }

    private static bool CheckKnown(ProblemList problems, SourceMark mark, string name, string path)
    {
        if (SyscallTable.IsKnown(name)) return true;
        string? nearest = Units.Nearest.Of(name, SyscallTable.Names(CpuArchitecture.X64));
        problems.Error("syscall-unknown", path, mark, $"there is no system call '{Printable.Of(name)}' on x86-64 or arm64",
            nearest is null ? "Use the names of syscalls(2), in lower case" : $"Did you mean '{nearest}'?");
        return false;
    }

    private static string Reason(string name) =>
        SyscallTable.Classify(name)?.Reason.TrimEnd('.') is { Length: > 0 } reason
            ? char.ToLowerInvariant(reason[0]) + reason[1..] : "it would undo another layer";
}
