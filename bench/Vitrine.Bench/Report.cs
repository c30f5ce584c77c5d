using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vitrine.Bench;

/// <summary>The figures, as tables for people and as JSON for comparison.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();
    private readonly SortedDictionary<string, double> _figures = new(StringComparer.Ordinal);

    /// <summary>Starts a table of durations.</summary>
    public void Title(string title) =>
        _text.Append(CultureInfo.InvariantCulture, $"\n{title}\n{"",-44}{"n",6}{"p50",9}{"p95",9}{"p99",9}{"cpu",9}{"in child",9}\n");

    /// <summary>Adds a line of durations.</summary>
    /// <param name="key">Key in the JSON.</param>
    /// <param name="samples">The durations.</param>
    public void Add(string key, Samples samples)
    {
        var (p50, p95, p99) = (samples.Quantile(0.5), samples.Quantile(0.95), samples.Quantile(0.99));
        _text.Append(CultureInfo.InvariantCulture, $"  {samples.Name,-42}{samples.Count,6}{p50,9:0.00}{p95,9:0.00}{p99,9:0.00}");
        if (samples.MeanCpu is { Total: > 0 } cpu)
        {
            _text.Append(CultureInfo.InvariantCulture, $"{cpu.Total,9:0.00}{cpu.Children,9:0.00}");
            _figures[key + ".cpu-ms"] = cpu.Total;
        }

        _text.Append('\n');
        (_figures[key + ".n"], _figures[key + ".p50ms"], _figures[key + ".p95ms"], _figures[key + ".p99ms"]) = (samples.Count, p50, p95,
            p99);
    }

    /// <summary>Adds a line with one figure.</summary>
    /// <param name="key">Key in the JSON.</param>
    /// <param name="name">What it is, with its unit.</param>
    /// <param name="value">The figure.</param>
    /// <param name="aim">What was promised; empty for nothing.</param>
    public void Add(string key, string name, double value, string aim = "")
    {
        _text.Append(CultureInfo.InvariantCulture, $"  {name,-60}{value,9:0.00}{(aim.Length > 0 ? "   aim " + aim : "")}\n");
        _figures[key] = value;
    }

    /// <summary>Adds a line of text.</summary>
    public void Note(string text) => _text.Append(text).Append('\n');

    /// <summary>The figures as one JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(_figures, BenchJson.Default.SortedDictionaryStringDouble);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
