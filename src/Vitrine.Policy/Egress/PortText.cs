using System.Globalization;
using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Egress;

/// <summary>Port ranges as people write them, and as disjoint ascending lists.</summary>
internal static class PortText
{
    /// <summary>`443`, or `443, 9000-9100`; `any port` for all of them.</summary>
    public static string Of(IReadOnlyList<PortRange> ranges) =>
        ranges is [{ First: 1, Last: ushort.MaxValue }] ? "any port" : string.Join(", ", ranges.Select(Of));

    /// <summary>`443`, or `9000-9100`.</summary>
    public static string Of(PortRange range) => range.First == range.Last
        ? range.First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}");

    /// <summary>Reads `443` or `9000-9100`.</summary>
    /// <returns>What is wrong with it, starting with a verb; null when nothing is.</returns>
    public static string? Read(string text, out PortRange range)
    {
        range = default;
        string[] parts = text.Split('-');
        if (parts.Length > 2 || !parts.All(part => part.Length is > 0 and <= 5 && part.All(char.IsAsciiDigit))) return "is no number";
        int first = int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture);
        int last = int.Parse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture);
        if (first is 0 or > ushort.MaxValue || last is 0 or > ushort.MaxValue) return "is not from 1 to 65535";
        if (last < first) return "ends before it starts";
        range = new PortRange((ushort)first, (ushort)last);
        return null;
    }

    /// <summary>Ascending and disjoint; neighbours and overlaps become one.</summary>
    public static IReadOnlyList<PortRange> Merge(IEnumerable<PortRange> ranges)
    {
        var merged = new List<PortRange>();
        foreach (PortRange range in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
                merged[^1] = new PortRange(merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            else merged.Add(range);
        }

        return merged;
    }

    /// <summary>Whether some port of the first ranges is in none of the others.</summary>
    public static bool AnyOutside(IEnumerable<PortRange> ranges, IEnumerable<PortRange> others)
    {
        IReadOnlyList<PortRange> covered = Merge(others);
        return ranges.Any(range => !covered.Any(cover => cover.First <= range.First && range.Last <= cover.Last));
    }
}
