namespace Vitrine.Policy.Validation;

/// <summary>Capabilities of capabilities(7) that a policy may leave to root inside, and those it never may.</summary>
public static class CapabilityNames
{
    // Numbers: include/uapi/linux/capability.h.
    private static readonly (string Name, int Bit)[] s_allowed =
        [("CHOWN", 0), ("DAC_OVERRIDE", 1), ("FOWNER", 3), ("FSETID", 4), ("NET_BIND_SERVICE", 10)];

    /// <summary>Names that may be given, without `CAP_`.</summary>
    public static IReadOnlyList<string> Allowed { get; } = [.. s_allowed.Select(pair => pair.Name)];

    /// <summary>Never granted: with them a command could become the guest, end it, or read it (HARDENING 2).</summary>
    public static IReadOnlyList<string> NeverGranted { get; } = ["SETUID", "SETGID", "KILL", "SYS_PTRACE", "SETPCAP", "SETFCAP", "SYS_ADMIN"];

    /// <summary>The bit set of names; unknown ones add nothing.</summary>
    public static ulong ToBits(IEnumerable<string> names)
    {
        ulong bits = 0;
        foreach (string name in names)
        {
            foreach ((string allowed, int bit) in s_allowed)
            {
                if (string.Equals(allowed, name, StringComparison.Ordinal)) bits |= 1UL << bit;
            }
        }

        return bits;
    }

    /// <summary>The names in a bit set, in the order of <see cref="Allowed"/>.</summary>
    public static IReadOnlyList<string> FromBits(ulong bits) => [.. s_allowed.Where(pair => (bits & (1UL << pair.Bit)) != 0).Select(pair => pair.Name)];
}
