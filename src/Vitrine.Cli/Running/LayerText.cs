using System.Text;
using Vitrine.Cli.Output;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes;

namespace Vitrine.Cli.Running;

/// <summary>Layers in words.</summary>
internal static class LayerText
{
    /// <summary>A layer's kebab-case name, as policies spell it.</summary>
    public static string NameOf(Layer layer) => LayerNames.Of(layer);

    /// <summary>A status's kebab-case name.</summary>
    public static string NameOf(LayerStatus status) => LayerStatusNames.Of(status);

    /// <summary>One line a layer.</summary>
    public static string Table(IReadOnlyList<LayerReport> layers)
    {
        int width = layers.Count == 0 ? 0 : layers.Max(static l => NameOf(l.Layer).Length);
        var text = new StringBuilder("the boundary of this sandbox:");
        foreach (LayerReport layer in layers)
            text.Append("\n  ").Append(NameOf(layer.Layer).PadRight(width)).Append("  ").Append(NameOf(layer.Status).PadRight(13))
                .Append("  ").Append(TerminalText.Escape(layer.Detail));
        return text.ToString();
    }
}
