using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `seccomp`. Whether the names exist, and may be allowed, is judged by <see cref="Validation.SyscallRules"/>.</summary>
internal static class SeccompReader
{
    public static SeccompSettings Read(SectionReader section)
    {
        var settings = new SeccompSettings
        {
            Allow = section.Words(TrustKeys.SeccompAllow) ?? [],
            Deny = section.Words(TrustKeys.SeccompDeny) ?? [],
        };
        foreach (string name in settings.Allow.Intersect(settings.Deny, StringComparer.Ordinal))
            section.Problems.Error("syscall-both", section.Path, section.Mark,
                $"the system call '{Problems.Printable.Of(name)}' is both allowed and denied", "Keep one of them");
        return settings;
    }
}
