namespace Vitrine.Linux.Cgroups;

/// <summary>Ends and removes the control groups of an owner that is gone. Used by the keeper at once, and at the next start for what a keeper could not do.</summary>
/// <param name="hierarchies">All hierarchies.</param>
/// <param name="parent">Group that holds the sandboxes' own: `vitrine`.</param>
/// <param name="prefix">How names of the owner's groups start.</param>
public sealed class GroupSweep(IReadOnlyList<CgroupHierarchy> hierarchies, string parent, string prefix)
{
    /// <summary>The owner's groups that exist on any hierarchy, by name.</summary>
    public IReadOnlySet<string> Find()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (CgroupHierarchy hierarchy in hierarchies)
        {
            string directory = $"{hierarchy.MountPoint}/{parent}";
            try
            {
                foreach (string path in Directory.EnumerateDirectories(directory, prefix + "*"))
                    names.Add(Path.GetFileName(path));
            }
            catch (DirectoryNotFoundException)
            {
                // No sandbox was ever made on this hierarchy.
            }
        }

        return names;
    }

    /// <summary>Kills what is in each group and removes those that are empty.</summary>
    /// <returns>Whether none was found: call again, after a pause, until it is so.</returns>
    public bool Step()
    {
        IReadOnlySet<string> names = Find();
        foreach (string name in names)
        {
            var group = new ControlGroup(hierarchies, $"{parent}/{name}");
            if (group.Kill())
                group.Remove();
        }

        return names.Count == 0;
    }
}
