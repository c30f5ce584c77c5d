using Vitrine.Policy.Keys;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Reading;

/// <summary>Reads `layers` and `debug`.</summary>
internal static class LayerReader
{
    public static LayerSettings Layers(SectionReader section) => new() { Require = Names(section, TrustKeys.Require) };

    public static DebugSettings Debug(SectionReader section) => new()
    {
        Until = section.Time(TrustKeys.Until) ?? DateTimeOffset.MinValue,
        Reason = section.Text(TrustKeys.Reason) ?? "",
        Disable = Names(section, TrustKeys.Disable),
    };

    private static List<Layer> Names(SectionReader section, Key<ListShape> key)
    {
        var layers = new List<Layer>();
        foreach (string name in section.Words(key) ?? [])
        {
            if (LayerNames.TryParse(name, out Layer layer)) layers.Add(layer);
        }

        return layers;
    }
}
