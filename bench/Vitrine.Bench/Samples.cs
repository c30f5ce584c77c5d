using System.Diagnostics;

namespace Vitrine.Bench;

/// <summary>Durations of one thing, in milliseconds.</summary>
/// <param name="name">What was measured.</param>
internal sealed class Samples(string name)
{
    private readonly List<double> _values = [];
    private CpuClock _cpu;

    /// <summary>What was measured.</summary>
    public string Name { get; } = name;

    /// <summary>How many.</summary>
    public int Count => _values.Count;

    /// <summary>Adds a duration in milliseconds that another program measured.</summary>
    public void Add(double milliseconds) => _values.Add(milliseconds);

    /// <summary>The sum, in seconds.</summary>
    public double TotalSeconds => _values.Sum() / 1000;

    /// <summary>Adds the time from a stamp of <see cref="Stopwatch.GetTimestamp"/> until now, and returns the stamp of now.</summary>
    public long Since(long start)
    {
        var now = Stopwatch.GetTimestamp();
        _values.Add(Stopwatch.GetElapsedTime(start, now).TotalMilliseconds);
        return now;
    }

    /// <summary>Mean CPU time of one, where it was added.</summary>
    public CpuClock MeanCpu => new(_cpu.Own / Math.Max(1, Count), _cpu.Children / Math.Max(1, Count));

    /// <summary>Adds CPU time.</summary>
    public void AddCpu(CpuClock cpu) => _cpu = new(_cpu.Own + cpu.Own, _cpu.Children + cpu.Children);

    /// <summary>Forgets what was measured while things warmed up.</summary>
    public void Clear()
    {
        _values.Clear();
        _cpu = default;
    }

    /// <summary>The smallest value that the given share is not above.</summary>
    /// <param name="share">0 to 1.</param>
    public double Quantile(double share)
    {
        var sorted = _values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
