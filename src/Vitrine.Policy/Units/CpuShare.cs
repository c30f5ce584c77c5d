using System.Globalization;

namespace Vitrine.Policy.Units;

/// <summary>CPUs as a decimal with at most three places: `0.5`, `2`. Kept as thousandths.</summary>
internal static class CpuShare
{
    public static UnitResult<int> Parse(string text)
    {
        if (!NumberAndUnit.TryTake(text, out NumberAndUnit parts) || parts.Length != text.Length)
            return UnitResult<int>.Bad("is not a number of CPUs", "Write for instance 0.5 or 2");
        if (parts.Unit.SequenceEqual("m"))
            return UnitResult<int>.Bad("has a unit", string.Create(CultureInfo.InvariantCulture,
                $"Write {parts.Number / 1000:0.###}: CPUs have no unit"));
        if (!parts.Unit.IsEmpty) return UnitResult<int>.Bad("has a unit",
            string.Create(CultureInfo.InvariantCulture, $"Write {parts.Number}: CPUs have no unit"));
        decimal millis = parts.Number * 1000;
        return millis > int.MaxValue
            ? UnitResult<int>.Bad("is more CPUs than can be counted", "Write a smaller number") : UnitResult<int>.Ok((int)millis);
    }

    public static string Format(int millis) => (millis / 1000m).ToString("0.###", CultureInfo.InvariantCulture);
}
