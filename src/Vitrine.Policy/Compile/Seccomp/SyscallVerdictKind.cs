namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>How a system call is classified by default.</summary>
public enum SyscallVerdictKind
{
    /// <summary>Executed whatever its arguments.</summary>
    Allowed,

    /// <summary>Executed or not by its arguments.</summary>
    Conditional,

    /// <summary>Never executed unless a policy adds it by name.</summary>
    Refused,
}
