using Vitrine.Runtimes.Oci;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>What of a test's sandboxes can be seen on the host: processes, control groups, mounts, network namespaces, files.</summary>
internal static class Residue
{
    /// <summary>Where process counts are limited: a hierarchy of its own in version 1, the only one in version 2.</summary>
    public static string PidsHierarchy { get; } = Directory.Exists("/sys/fs/cgroup/pids") ? "/sys/fs/cgroup/pids" : "/sys/fs/cgroup";

    /// <summary>Everything, sorted, one line each; empty when nothing is left.</summary>
    public static IReadOnlyList<string> Of(OciRuntimeOptions options)
    {
        var found = new List<string>();
        foreach (string hierarchy in Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
        {
            string group = $"{hierarchy}/{options.CgroupName}";
            if (Directory.Exists(group))
                found.AddRange(Directory.GetDirectories(group, "*", SearchOption.AllDirectories).Select(static d => "cgroup " + d));
        }

        foreach (string process in Directory.GetDirectories("/proc").Where(static d => char.IsAsciiDigit(d[6])))
        {
            try
            {
                if (File.ReadAllText(process + "/cgroup").Contains($"/{options.CgroupName}/", StringComparison.Ordinal))
                    found.Add("process " + process);
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        found.AddRange(File.ReadLines("/proc/self/mountinfo").Where(l => l.Contains(options.StateDirectory, StringComparison.Ordinal)).Select(static l => "mount " + l));
        if (Directory.Exists(options.StateDirectory))
        {
            found.AddRange(Directory.GetFileSystemEntries(options.StateDirectory, "*", SearchOption.AllDirectories)
                .Where(static e => Path.GetFileName(e) is not ("owners" or "id-ranges")).Select(static e => "file " + e));
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Network namespaces that some process is in, by name: `net:[4026531840]`.</summary>
    public static IReadOnlySet<string> NetworkNamespaces()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string process in Directory.GetDirectories("/proc").Where(static d => char.IsAsciiDigit(d[6])))
        {
            if (new FileInfo(process + "/ns/net").LinkTarget is { } name)
                seen.Add(name);
        }

        return seen;
    }

    /// <summary>Waits until nothing is left, for the time the promise gives.</summary>
    public static async Task<TimeSpan> GoneAsync(OciRuntimeOptions options, TimeSpan within)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (Of(options) is { Count: > 0 } left)
        {
            // Earlier tests made this process a subreaper, so orphans of an owner it started come here, as they would to the host's init.
            while (WaitPid(-1, 0, 1) > 0)
            {
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < within, $"left after {within}:\n{string.Join('\n', left)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "waitpid")]
    private static extern int WaitPid(int pid, nint status, int options);
}
