namespace Vitrine.Policy.Plans;

/// <summary>The kebab-case names of <see cref="Layer"/>, as policies, reports and the audit trail spell them.</summary>
public static class LayerNames
{
    private static readonly (Layer Layer, string Name)[] s_names =
    [
        (Layer.UserNamespace, "user-namespace"),
        (Layer.Namespaces, "namespaces"),
        (Layer.Capabilities, "capabilities"),
        (Layer.NoNewPrivileges, "no-new-privileges"),
        (Layer.Seccomp, "seccomp"),
        (Layer.Landlock, "landlock"),
        (Layer.AppArmor, "apparmor"),
        (Layer.SeLinux, "selinux"),
        (Layer.ReadOnlyRoot, "read-only-root"),
        (Layer.IdMappedImage, "id-mapped-image"),
        (Layer.MaskedPaths, "masked-paths"),
        (Layer.NetworkNone, "network-none"),
        (Layer.MemoryLimit, "memory-limit"),
        (Layer.CpuLimit, "cpu-limit"),
        (Layer.PidsLimit, "pids-limit"),
        (Layer.DiskLimit, "disk-limit"),
        (Layer.ResourceLimits, "resource-limits"),
        (Layer.Deadlines, "deadlines"),
    ];

    /// <summary>All names, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_names.Select(pair => pair.Name)];

    /// <summary>The name of a layer.</summary>
    public static string Of(Layer layer)
    {
        foreach ((Layer candidate, string name) in s_names)
        {
            if (candidate == layer) return name;
        }

        throw new ArgumentOutOfRangeException(nameof(layer), layer, "No such layer.");
    }

    /// <summary>The layer of a name, exactly as spelled in <see cref="All"/>.</summary>
    public static bool TryParse(string name, out Layer layer)
    {
        foreach ((Layer candidate, string candidateName) in s_names)
        {
            if (!string.Equals(candidateName, name, StringComparison.Ordinal)) continue;
            layer = candidate;
            return true;
        }

        layer = default;
        return false;
    }
}
