using System.Globalization;
using Vitrine.Linux;
using Vitrine.Linux.Processes;
using Vitrine.Runtimes.Oci.Checking;

namespace Vitrine.Runtimes.Oci;

/// <summary>
/// Processes that a runtime left to this one, a subreaper: `crun run --detach` forks itself into the background, and a start that failed may leave the
/// container's first process. Dead, they stay zombies until they are reaped here. Children that others wait for are not touched.
/// </summary>
internal static class Orphans
{
    private static readonly string s_children = string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{Environment.ProcessId}/children");

    /// <summary>Reaps those that are dead.</summary>
    /// <param name="cgroupName">The group that holds the sandboxes' own.</param>
    /// <param name="isWatched">Whether somebody waits for a process.</param>
    public static void Reap(string cgroupName, Func<int, bool> isWatched)
    {
        // Orphans are listed with the first thread (proc_tid_children(5)); a kernel without that list leaves them until this process ends.
        foreach (string child in Read(s_children).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            int pid = int.Parse(child, CultureInfo.InvariantCulture);
            if (!ChildProcess.IsChild(pid) && !isWatched(pid) && IsDeadOrphan("/proc/" + child, cgroupName))
                ReapOne(pid);
        }
    }

    private static bool IsDeadOrphan(string process, string cgroupName)
    {
        string status = Read(process + "/status");
        if (!ProcessStatus.Field(status, "State").StartsWith('Z'))
            return false;
        string name = ProcessStatus.Field(status, "Name");
        return name is "crun" or "runc" or "vitrine-guest" || name.StartsWith("runc:", StringComparison.Ordinal)
            || Read(process + "/cgroup").Contains($"/{cgroupName}/", StringComparison.Ordinal);
    }

    private static void ReapOne(int pid)
    {
        try
        {
            using ProcessDescriptor process = ProcessDescriptor.Open(pid);
            process.Reap();
        }
        catch (LinuxException)
        {
            // Somebody else was quicker.
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
