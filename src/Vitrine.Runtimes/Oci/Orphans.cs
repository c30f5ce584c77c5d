using Vitrine.Linux;
using Vitrine.Linux.Processes;

namespace Vitrine.Runtimes.Oci;

/// <summary>Processes that a failed runtime left to this one, a subreaper: dead ones stay zombies until they are reaped here.</summary>
internal static class Orphans
{
    /// <summary>Takes the status of dead children that were in a control group.</summary>
    /// <param name="group">Path of the group below the hierarchies' roots, with a slash at its start.</param>
    public static void Reap(string group)
    {
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            // Children are listed with the thread that has them (proc_tid_children(5)); kernels without that list have nothing to read here.
            foreach (string child in Read(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (Read($"/proc/{child}/cgroup").Contains(group, StringComparison.Ordinal))
                    ReapOne(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture));
            }
        }
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
