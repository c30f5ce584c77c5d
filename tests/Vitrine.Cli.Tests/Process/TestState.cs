using System.Globalization;

namespace Vitrine.Cli.Tests.Process;

/// <summary>State directories and a cgroup name that belong to this test process alone.</summary>
internal static class TestState
{
    private static readonly string s_root =
        Path.Combine(Path.GetTempPath(), "vitrine-cli-tests." + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    static TestState()
    {
        Directory.CreateDirectory(s_root);
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Remove();
    }

    /// <summary>Where this process's runs keep their trail.</summary>
    public static string DataDirectory => Path.Combine(s_root, "data");

    /// <summary>Where they keep what lives as long as the sandboxes.</summary>
    public static string StateDirectory => Path.Combine(s_root, "state");

    /// <summary>Their cgroup.</summary>
    public static string CgroupName => "vitrine-cli-tests-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>The variables that say so.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Variables =>
    [
        new("VITRINE_STATE_DIR", StateDirectory),
        new("VITRINE_DATA_DIR", DataDirectory),
        new("VITRINE_CGROUP", CgroupName),
        new("DOTNET_EnableDiagnostics", "0"), // as ./vitrine sets it
    ];

    /// <summary>A fresh directory below the state of this process.</summary>
    public static string NewDirectory() => Directory.CreateDirectory(Path.Combine(s_root, Guid.NewGuid().ToString("N"))).FullName;

    private static void Remove()
    {
        // A run killed with -9 leaves the empty parent of its group for the next one: here there is none.
        IEnumerable<string> groups = Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup")
            .Select(h => Path.Combine(h, CgroupName));
        foreach (string directory in groups.Append(s_root).Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(directory, recursive: directory == s_root);
            }
            catch (IOException)
            {
                // Still in use: the residue check after the tests says so.
            }
        }
    }
}
