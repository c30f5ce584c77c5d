using Vitrine.Cli.Tests.Process;
using Vitrine.Linux.Hosts;

namespace Vitrine.Cli.Tests.Sandboxes;

/// <summary>What real sandboxes need of the machine these tests run on.</summary>
internal static class Host
{
    /// <summary>Skips, with the reason, where sandboxes cannot be made; a sandbox that could be made and is not is a failure.</summary>
    public static void MustMakeSandboxes()
    {
        Assert.SkipUnless(HostKernel.EffectiveUserId() == 0, "not root: these tests make sandboxes with every layer");
        Assert.SkipUnless(Directory.Exists("/usr/bin") && ((string[])["/usr/bin/crun", "/usr/sbin/runc", "/usr/bin/runc"])
            .Any(File.Exists), "neither crun nor runc is installed: apt-get install crun");
        Assert.SkipUnless(Guest() is not null, "the guest is not published: dotnet publish src/Vitrine.Guest -c Release");
    }

    /// <summary>Skips where script(1) is missing.</summary>
    public static void MustHaveScript() =>
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script(1) is not installed: apt-get install bsdutils");

    /// <summary>Processes of ours that are still there: guests, keepers, runtimes that name this test process's state.</summary>
    public static IReadOnlyList<string> LeftProcesses() =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(static d => char.IsAsciiDigit(Path.GetFileName(d)[0])).Select(CommandLine)
            .Where(static c => c.Contains(TestState.StateDirectory, StringComparison.Ordinal)),
    ];

    /// <summary>Cgroups of ours that are still there, on every hierarchy.</summary>
    public static IReadOnlyList<string> LeftCgroups() =>
        [.. Directory.EnumerateDirectories("/sys/fs/cgroup", TestState.CgroupName,
            new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }).SelectMany(Directory.EnumerateDirectories)];

    private static string? Guest()
    {
        if (Environment.GetEnvironmentVariable("VITRINE_GUEST") is { Length: > 0 } named && File.Exists(named))
            return named;
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string published = Path.Combine(at.FullName, "publish", "Vitrine.Guest", "release", "vitrine-guest");
            if (File.Exists(published))
                return published;
        }

        return null;
    }

    private static string CommandLine(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
