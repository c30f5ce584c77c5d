namespace Vitrine.Cli.Commands.Doctor;

/// <summary>A published hole of a runtime.</summary>
/// <param name="Runtime">`crun` or `runc`.</param>
/// <param name="Id">Its CVE number.</param>
/// <param name="Fixed">The first fixed version of each release line, oldest line first.</param>
/// <param name="Summary">What it is, in half a sentence.</param>
/// <param name="Concerns">Whether it concerns a part of the runtime that is used here.</param>
internal sealed record RuntimeAdvisory(string Runtime, string Id, IReadOnlyList<RuntimeVersion> Fixed, string Summary, bool Concerns = true)
{
    /// <summary>What is known, oldest first. Sources: the runtimes' own release notes and advisories.</summary>
    public static IReadOnlyList<RuntimeAdvisory> All { get; } =
    [
        new("crun", "CVE-2022-27650", [V(1, 4, 4)], "exec keeps inheritable capabilities"),
        new("crun", "CVE-2025-24965", [V(1, 20, 0)], "its krun handler, not used here, leaves the root file system", Concerns: false),
        new("runc", "CVE-2021-30465", [V(1, 0, 0)], "a mount's target can be swapped for a link while it starts"),
        new("runc", "CVE-2022-29162", [V(1, 1, 2)], "exec keeps inheritable capabilities"),
        new("runc", "CVE-2023-25809", [V(1, 1, 5)], "rootless: the cgroup directory is writable"),
        new("runc", "CVE-2023-27561", [V(1, 1, 5)], "a /proc that is a link gets around masks"),
        new("runc", "CVE-2023-28642", [V(1, 1, 5)], "a /proc that is a link gets around AppArmor and SELinux"),
        new("runc", "CVE-2024-21626", [V(1, 1, 12)], "a leaked descriptor reaches the host's files"),
        new("runc", "CVE-2024-45310", [V(1, 1, 14), V(1, 2, 0)], "empty files can be made on the host"),
        new("runc", "CVE-2025-31133", [V(1, 2, 8), V(1, 3, 3), V(1, 4, 0)],
            "a /dev/null that is a link turns a mask into a writable mount"),
        new("runc", "CVE-2025-52565", [V(1, 2, 8), V(1, 3, 3), V(1, 4, 0)], "a /dev/pts entry that is a link is mounted as /dev/console"),
        new("runc", "CVE-2025-52881", [V(1, 2, 8), V(1, 3, 3), V(1, 4, 0)],
            "writes to /proc can be led elsewhere, past AppArmor and SELinux"),
    ];

    /// <summary>The holes of a version.</summary>
    public static IEnumerable<RuntimeAdvisory> Of(string runtime, RuntimeVersion version) =>
        All.Where(a => string.Equals(a.Runtime, runtime, StringComparison.Ordinal) && a.Affects(version));

    /// <summary>Whether a version has the hole: it is older than the fix of its line, or its line is older than every fixed one.</summary>
    public bool Affects(RuntimeVersion version)
    {
        foreach (RuntimeVersion fix in Fixed)
        {
            if ((fix.Major, fix.Minor) == (version.Major, version.Minor))
                return version.IsOlderThan(fix);
        }

        return version.IsOlderThan(Fixed[^1]);
    }

    private static RuntimeVersion V(int major, int minor, int patch) => new(major, minor, patch, IsCandidate: false);
}
