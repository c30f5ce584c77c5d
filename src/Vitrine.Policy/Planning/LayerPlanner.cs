using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Planning;

/// <summary>Refuses policies that demand a layer and turn it off.</summary>
internal static class LayerPlanner
{
    public static void Check(PlanContext context)
    {
        for (int index = 0; index < context.Policy.Layers.Require.Count; index++)
        {
            Layer layer = context.Policy.Layers.Require[index];
            if (context.IsOff(layer))
                context.Error("layer-conflict", $"layers.require[{index}]",
                    $"the layer {LayerNames.Of(layer)} is required and turned off by `debug`", "Keep one of them");
        }
    }
}
