using System.Globalization;
using System.Text;

namespace Vitrine.Policy.Units;

/// <summary>Times: numbers with the units s, m, h, d, largest first (`1h30m`), or `none`, which is zero.</summary>
internal static class DurationText
{
    public const string None = "none";

    private static readonly (string Unit, long Seconds)[] s_units = [("d", 86400), ("h", 3600), ("m", 60), ("s", 1)];

    public static UnitResult<TimeSpan> Parse(string text)
    {
        if (string.Equals(text, None, StringComparison.Ordinal)) return UnitResult<TimeSpan>.Ok(TimeSpan.Zero);
        decimal seconds = 0;
        long lastFactor = long.MaxValue;
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            if (!NumberAndUnit.TryTake(rest, out NumberAndUnit part))
                return UnitResult<TimeSpan>.Bad("is not a time", "Write for instance 90s, 10m, 1h30m or none");
            long factor = FactorOf(part.Unit);
            if (factor == 0) return UnitResult<TimeSpan>.Bad(UnitError(part.Unit), Nearest(part));
            if (factor >= lastFactor)
                return UnitResult<TimeSpan>.Bad("has its units out of order",
                    "Write the largest unit first, each once, for instance 1h30m");
            seconds += part.Number * factor;
            lastFactor = factor;
            rest = rest[part.Length..];
        }

        if (text.Length == 0) return UnitResult<TimeSpan>.Bad("is empty", "Write for instance 10m or none");
        if (seconds == 0) return UnitResult<TimeSpan>.Bad("is no time at all", "Write none when there is to be no such limit");
        return seconds > 1_000_000_000
            ? UnitResult<TimeSpan>.Bad("is longer than can be counted", "Write a shorter time, or none")
            : UnitResult<TimeSpan>.Ok(TimeSpan.FromMilliseconds((double)decimal.Floor(seconds * 1000)));
    }

    /// <summary>The canonical spelling; zero is `none`.</summary>
    public static string Format(TimeSpan time)
    {
        if (time == TimeSpan.Zero) return None;
        var text = new StringBuilder();
        decimal rest = (decimal)time.TotalMilliseconds / 1000;
        foreach ((string unit, long factor) in s_units)
        {
            decimal count = factor == 1 ? rest : decimal.Floor(rest / factor);
            if (count == 0) continue;
            text.Append(CultureInfo.InvariantCulture, $"{count:0.###}{unit}");
            rest -= count * factor;
        }

        return text.ToString();
    }

    private static long FactorOf(ReadOnlySpan<char> unit)
    {
        foreach ((string name, long factor) in s_units)
        {
            if (unit.SequenceEqual(name)) return factor;
        }

        return 0;
    }

    private static string UnitError(ReadOnlySpan<char> unit) => unit.IsEmpty ? "has no unit" : $"has an unknown unit '{unit}'";

    private static string Nearest(NumberAndUnit part)
    {
        char letter = part.Unit.IsEmpty ? 's' : char.ToLowerInvariant(part.Unit[0]);
        string unit = letter is 'm' or 'h' or 'd' ? letter.ToString() : "s";
        return string.Create(CultureInfo.InvariantCulture, $"Write {part.Number}{unit}; units are s, m, h, d");
    }
}
