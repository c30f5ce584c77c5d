namespace Vitrine.Policy.Validation;

/// <summary>Where nothing may be put inside.</summary>
internal static class TargetRules
{
    private static readonly (string Path, bool AndBelow, string Error)[] s_refused =
    [
        ("/", false, "would hide the whole root"),
        ("/proc", true, "is the kernel's"),
        ("/sys", true, "is the kernel's"),
        ("/dev", true, "is the kernel's"),
        ("/.vitrine", true, "is where the guest stands"),
        ("/etc", false, "would hide the accounts and the resolver's settings"),
        ("/usr", false, "would hide the system's programs"),
        ("/run", false, "is laid out by the runtime"),
    ];

    /// <summary>Why nothing may be mounted at a path inside, starting with a verb; null when it may.</summary>
    public static string? Error(string target)
    {
        foreach ((string path, bool andBelow, string error) in s_refused)
        {
            if (string.Equals(path, target, StringComparison.Ordinal) || (andBelow && PathRules.IsBelow(target, path))) return error;
        }

        return null;
    }
}
