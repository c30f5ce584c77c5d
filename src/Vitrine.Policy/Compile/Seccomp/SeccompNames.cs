namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>Checks the names a policy adds and removes.</summary>
public static class SeccompNames
{
    /// <summary>What is wrong with adding a name; null where it may be added.</summary>
    public static string? WhyNotAdded(string name)
    {
        if (!SyscallTable.IsKnown(name))
            return Unknown(name);
        return SyscallTable.IsNeverAllowed(name)
            ? $"system call `{name}` cannot be added by any policy: {Lower(SyscallTable.Classify(name)!.Reason)} Remove it from the list."
            : null;
    }

    /// <summary>What is wrong with removing a name; null where it may be removed.</summary>
    public static string? WhyNotRemoved(string name)
    {
        if (!SyscallTable.IsKnown(name))
            return Unknown(name);
        return SyscallTable.IsEssential(name)
            ? $"system call `{name}` cannot be removed: no command could start or end without it. Remove it from the list."
            : null;
    }

    internal static void Check(SeccompRequest request)
    {
        List<string> faults = [.. request.Allow.Select(WhyNotAdded).Concat(request.Deny.Select(WhyNotRemoved)).OfType<string>()];
        if (faults.Count > 0)
            throw new ArgumentException("seccomp: " + string.Join(" ", faults), nameof(request));
    }

    private static string Unknown(string name) =>
        $"system call `{name}` is not known on x86-64 or arm64. Use the name of its manual page in section 2, without a prefix.";

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];
}
