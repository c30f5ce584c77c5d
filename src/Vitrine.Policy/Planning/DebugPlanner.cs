using Vitrine.Policy.Plans;
using Vitrine.Policy.Units;

namespace Vitrine.Policy.Planning;

/// <summary>Judges a debugging policy against the clock (requirement P6).</summary>
internal static class DebugPlanner
{
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public static void Check(PlanContext context)
    {
        if (context.Policy.Debug is not { } debug) return;
        if (debug.Until <= context.Now)
            context.Error("debug-expired", "debug.until", $"the debugging policy '{context.Policy.Name}' ended at {debug.Until:u}",
                $"Write a new `until`, at most {DurationText.Format(Longest)} ahead, or use a policy without `debug`");
        else if (debug.Until - context.Now > Longest)
            context.Error("debug-too-long", "debug.until", $"the debugging policy would last until {debug.Until:u}, more than 24 hours",
                $"Write an `until` of {context.Now + Longest:yyyy-MM-ddTHH:mm}Z or earlier");
        else
            context.Warning("debug", "debug",
                $"this is a debugging policy until {debug.Until:u} ({Problems.Printable.Of(debug.Reason)}){Off(debug.Disable)}",
                "Do not run untrusted code with it");
    }

    private static string Off(IReadOnlyList<Layer> layers) =>
        layers.Count == 0 ? "" : $"; turned off: {string.Join(", ", layers.Select(LayerNames.Of))}";
}
