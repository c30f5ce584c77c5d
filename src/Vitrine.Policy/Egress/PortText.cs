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
