using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Namespaces;

namespace Vitrine.Runtimes.Oci.Rootless;

/// <summary>
/// The control groups this process may make: all as root; without root those below its own group of version 2, where that was delegated to the user
/// (cgroups(7), "delegation"), else none.
/// </summary>
/// <param name="Hierarchies">The hierarchies; none when there are no control groups for us.</param>
/// <param name="Parent">Path, in each of them, of the group that holds the sandboxes' own.</param>
internal sealed record Delegation(IReadOnlyList<CgroupHierarchy> Hierarchies, string Parent)
{
    private const string Leaf = "vitrine-self";
    private static readonly string[] Wanted = ["memory", "cpu", "pids"];

    /// <summary>Looks, and without root makes what is needed.</summary>
    /// <param name="name">Name of the parent group.</param>
    public static Delegation Find(string name)
    {
        IReadOnlyList<CgroupHierarchy> all = CgroupHierarchy.ReadAll();
        if (OwnUserNamespace.IsInitial)
            return new Delegation(all, name);
        CgroupHierarchy? unified = all.FirstOrDefault(static h => h.Unified);
        string? own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(static l => l.StartsWith("0::/", StringComparison.Ordinal))?[4..];
        if (unified is null || own is null)
            return new Delegation([], name);
        if (own == Leaf || own.EndsWith("/" + Leaf, StringComparison.Ordinal))
            own = own[..^Leaf.Length].TrimEnd('/');
        string parent = own.Length == 0 ? name : $"{own}/{name}";
        try
        {
            return new Delegation([unified with { Controllers = Take($"{unified.MountPoint}/{own}".TrimEnd('/'), $"{unified.MountPoint}/{parent}") }], parent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not ours to write to, or other processes are in it: then there is none.
            return new Delegation([], name);
        }
    }

    /// <summary>Hands controllers down to the parent's children. Processes may only be in leaves then, and so this one moves to one (cgroups(7)).</summary>
    private static HashSet<string> Take(string own, string parent)
    {
        string[] controllers = [.. File.ReadAllText(own + "/cgroup.controllers").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Intersect(Wanted, StringComparer.Ordinal)];
        string order = string.Join(' ', controllers.Select(static c => "+" + c));
        Directory.CreateDirectory($"{own}/{Leaf}");
        File.WriteAllText($"{own}/{Leaf}/cgroup.procs", "0");
        File.WriteAllText(own + "/cgroup.subtree_control", order);
        Directory.CreateDirectory(parent);
        File.WriteAllText(parent + "/cgroup.subtree_control", order);
        return new HashSet<string>(controllers, StringComparer.Ordinal);
    }
}
