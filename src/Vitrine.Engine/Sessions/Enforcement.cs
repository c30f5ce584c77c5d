using System.Globalization;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Messages;
using Vitrine.Runtimes;

namespace Vitrine.Engine.Sessions;

/// <summary>Adds what only the engine knows to the runtime's reports: the guest's Landlock domain and the deadlines.</summary>
internal static class Enforcement
{
    public static EnforcementReport Complete(SandboxPlan plan, IReadOnlyList<LayerReport> runtime, GuestReady ready)
    {
        var layers = runtime.Where(l => l.Layer is not (Layer.Landlock or Layer.Deadlines)).ToList();
        layers.Add(Landlock(plan, ready));
        layers.Add(Deadlines(plan.Limits));
        layers.Sort(static (a, b) => a.Layer.CompareTo(b.Layer));
        foreach (LayerReport layer in layers)
        {
            if (layer.Status != LayerStatus.Enforced && plan.RequiredLayers.Contains(layer.Layer))
            {
                throw new RuntimeException(
                    "layer-required", $"The policy requires the layer {LayerNames.Of(layer.Layer)}, which does not hold here: {layer.Detail}. Remove it from layers.require, or use a host that has it.");
            }
        }

        return new EnforcementReport(layers);
    }

    private static LayerReport Landlock(SandboxPlan plan, GuestReady ready)
    {
        if (plan.DisabledLayers.Contains(Layer.Landlock))
            return new LayerReport(Layer.Landlock, LayerStatus.OffByPolicy, "the debugging policy turned it off");
        return ready.LandlockAbi > 0
            ? new LayerReport(
                Layer.Landlock, LayerStatus.Enforced, string.Create(CultureInfo.InvariantCulture, $"ABI {ready.LandlockAbi}, one domain for all commands (the guest's word)"))
            : new LayerReport(Layer.Landlock, LayerStatus.NotAvailable, "the kernel has no Landlock, or it is not in the lsm= list");
    }

    private static LayerReport Deadlines(LimitsPlan limits) => new(
        Layer.Deadlines,
        LayerStatus.Enforced,
        $"wall clock {(limits.WallClock > TimeSpan.Zero ? Explanations.Time(limits.WallClock) : "none")}, idle {(limits.Idle > TimeSpan.Zero ? Explanations.Time(limits.Idle) : "none")}");
}
