namespace Vitrine.Conformance.Tests.Support;

/// <summary>Control groups of a name, in every mounted hierarchy (cgroups(7)).</summary>
internal static class ControlGroups
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Every directory at or below `name` in each hierarchy, deepest first, so that they can be removed in this order.</summary>
    public static IReadOnlyList<string> Below(string name)
    {
        var found = new List<string>();
        foreach (string hierarchy in Hierarchies())
        {
            string top = Path.Combine(hierarchy, name);
            if (!Directory.Exists(top))
                continue;
            found.Add(top);
            Collect(top, found);
        }

        found.Reverse();
        return found;
    }

    /// <summary>Processes in any group of the name.</summary>
    public static IReadOnlyList<int> Processes(string name)
    {
        var pids = new SortedSet<int>();
        foreach (string group in Below(name))
        {
            try
            {
                foreach (string line in File.ReadLines(Path.Combine(group, "cgroup.procs")))
                    pids.Add(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // Removed while it was read.
            }
        }

        return [.. pids];
    }

    private static string[] Hierarchies() =>
        File.Exists(Path.Combine(Root, "cgroup.procs")) ? [Root] : Directory.Exists(Root) ? Directory.GetDirectories(Root) : [];

    private static void Collect(string directory, List<string> found)
    {
        try
        {
            foreach (string child in Directory.GetDirectories(directory))
            {
                found.Add(child);
                Collect(child, found);
            }
        }
        catch (IOException)
        {
            // Removed while it was read.
        }
    }
}
