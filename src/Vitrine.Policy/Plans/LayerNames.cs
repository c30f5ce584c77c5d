namespace Vitrine.Policy.Plans;

/// <summary>The kebab-case names of <see cref="Layer"/>, as policies, reports and the audit trail spell them.</summary>
public static class LayerNames
{
    // In the order of the enumeration. Plain arrays: generic code over an enumeration of ours would have to be compiled at each start.
    private static readonly string[] s_names =
    [
        "user-namespace", "namespaces", "capabilities", "no-new-privileges", "seccomp", "landlock", "apparmor", "selinux", "read-only-root",
            "id-mapped-image",
        "masked-paths", "network-none", "memory-limit", "cpu-limit", "pids-limit", "disk-limit", "resource-limits", "deadlines",
    ];

    /// <summary>All names, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All => s_names;

    /// <summary>The name of a layer.</summary>
    public static string Of(Layer layer) =>
        (int)layer >= 0 && (int)layer < s_names.Length
            ? s_names[(int)layer] : throw new ArgumentOutOfRangeException(nameof(layer), layer, "No such layer.");

    /// <summary>The layer of a name, exactly as spelled in <see cref="All"/>.</summary>
    public static bool TryParse(string name, out Layer layer)
    {
        int index = Array.IndexOf(s_names, name);
        layer = (Layer)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>The names of layers, in the order of the alphabet.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<Layer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var names = new List<string>();
        foreach (Layer layer in layers) names.Add(Of(layer));
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
