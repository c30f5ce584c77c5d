using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Validation;

/// <summary>Layers a debugging policy may turn off: those that stand behind another one. Namespaces, ids, capabilities and limits stay.</summary>
internal static class DebugLayers
{
    public static readonly IReadOnlyList<Layer> All =
        [Layer.Seccomp, Layer.Landlock, Layer.AppArmor, Layer.SeLinux, Layer.MaskedPaths, Layer.IdMappedImage, Layer.Deadlines];

    public static readonly IReadOnlyList<string> Names = [.. All.Select(LayerNames.Of)];
}
