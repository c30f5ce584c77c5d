namespace Vitrine.Policy.Validation;

/// <summary>Capabilities of capabilities(7) that a policy may leave to root inside, and those it never may.</summary>
public static class CapabilityNames
{
    private static readonly string[] s_allowed = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "NET_BIND_SERVICE"];

    // Numbers of the same: include/uapi/linux/capability.h.
    private static readonly int[] s_bits = [0, 1, 3, 4, 10];

    /// <summary>Names that may be given, without `CAP_`.</summary>
    public static IReadOnlyList<string> Allowed => s_allowed;

    /// <summary>Never granted: with them a command could become the guest, end it, or read it (HARDENING 2).</summary>
    public static IReadOnlyList<string> NeverGranted { get; } =
        ["SETUID", "SETGID", "KILL", "SYS_PTRACE", "SETPCAP", "SETFCAP", "SYS_ADMIN"];

    /// <summary>The bit set of names; unknown ones add nothing.</summary>
    public static ulong ToBits(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        ulong bits = 0;
        foreach (string name in names)
        {
            int index = Array.IndexOf(s_allowed, name);
            if (index >= 0) bits |= 1UL << s_bits[index];
        }

        return bits;
    }

    /// <summary>The names in a bit set, in the order of <see cref="Allowed"/>.</summary>
    public static IReadOnlyList<string> FromBits(ulong bits)
    {
        var names = new List<string>();
        for (int index = 0; index < s_allowed.Length; index++)
        {
            if ((bits & (1UL << s_bits[index])) != 0) names.Add(s_allowed[index]);
        }

        return names;
    }
}
