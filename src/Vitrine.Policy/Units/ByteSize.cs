using System.Globalization;

namespace Vitrine.Policy.Units;

/// <summary>Sizes in bytes: a number with one of the units B, KiB, MiB, GiB, TiB (powers of 1024) or kB, MB, GB, TB (powers of
/// 1000).</summary>
internal static class ByteSize
{
    private static readonly (string Unit, long Factor)[] s_units =
    [
        ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("KB", 1000), ("B", 1),
    ];

    public static UnitResult<long> Parse(string text)
    {
        if (!NumberAndUnit.TryTake(text, out NumberAndUnit parts) || parts.Length != text.Length)
            return UnitResult<long>.Bad("is not a size", "Write a number and a unit, for instance 512MiB or 1GB");
        foreach ((string unit, long factor) in s_units)
        {
            if (!parts.Unit.SequenceEqual(unit)) continue;
            decimal bytes = decimal.Floor(parts.Number * factor);
            return bytes > long.MaxValue
                ? UnitResult<long>.Bad("is more bytes than can be counted", "Write a smaller size")
                : UnitResult<long>.Ok((long)bytes);
        }

        return UnitResult<long>.Bad(parts.Unit.IsEmpty ? "has no unit" : $"has an unknown unit '{parts.Unit}'", Nearest(parts));
    }

    /// <summary>The shortest exact spelling with a power-of-1024 unit: `512MiB`.</summary>
    public static string Format(long bytes)
    {
        foreach ((string unit, long factor) in s_units.AsSpan(0, 4))
        {
            if (bytes >= factor && bytes % factor == 0) return string.Create(CultureInfo.InvariantCulture, $"{bytes / factor}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
    }

    private static string Nearest(NumberAndUnit parts)
    {
        char letter = parts.Unit.IsEmpty ? 'm' : char.ToLowerInvariant(parts.Unit[0]);
        string unit = letter switch { 'k' => "KiB", 'g' => "GiB", 't' => "TiB", 'b' => "B", _ => "MiB" };
        return string.Create(CultureInfo.InvariantCulture, $"Write {parts.Number}{unit}; units are B, KiB, MiB, GiB, TiB, kB, MB, GB, TB");
    }
}
