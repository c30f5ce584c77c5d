namespace Vitrine.Policy.Validation;

/// <summary>Layers a debugging policy may turn off: those that stand behind another one. Namespaces, ids, capabilities and limits stay, the
/// deadlines apart.</summary>
internal static class DebugLayers
{
    public static readonly IReadOnlyList<string> Names =
        ["seccomp", "landlock", "apparmor", "selinux", "masked-paths", "id-mapped-image", "deadlines"];
}
