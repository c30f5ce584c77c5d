using System.Globalization;
using Vitrine.Policy.Keys;
using Vitrine.Policy.Problems;
using Vitrine.Policy.Units;
using Vitrine.Policy.Yaml;

namespace Vitrine.Policy.Reading;

/// <summary>Turns one value into what its shape says, or into a problem.</summary>
internal static class ScalarReader
{
    public static long? Size(ReadContext context, string path, YamlScalar scalar, SizeShape shape) =>
        InRange(context, path, scalar, ByteSize.Parse(scalar.Text), shape.Min, shape.Max, ByteSize.Format);

    public static int? Cpus(ReadContext context, string path, YamlScalar scalar, CpuShape shape) =>
        InRange(context, path, scalar, CpuShare.Parse(scalar.Text), shape.MinMillis, shape.MaxMillis, CpuShare.Format);

    public static TimeSpan? Duration(ReadContext context, string path, YamlScalar scalar, DurationShape shape)
    {
        UnitResult<TimeSpan> time = DurationText.Parse(scalar.Text);
        return time is { IsValid: true, Value.Ticks: 0 }
            ? TimeSpan.Zero : InRange(context, path, scalar, time, shape.Min, shape.Max, DurationText.Format);
    }

    public static long? Integer(ReadContext context, string path, YamlScalar scalar, IntegerShape shape)
    {
        bool isNumber = long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value);
        UnitResult<long> result = (isNumber, scalar.IsPlain) switch
        {
            (true, true) => UnitResult<long>.Ok(value),
            (true, false) => UnitResult<long>.Bad("is a quoted text", "Write the number without quotes"),
            _ => UnitResult<long>.Bad("is not a whole number", $"Write a number from {shape.Min} to {shape.Max}"),
        };
        return InRange(context, path, scalar, result, shape.Min, shape.Max, static number => number.ToString(CultureInfo.InvariantCulture));
    }

    public static bool? Flag(ReadContext context, string path, YamlScalar scalar)
    {
        if (scalar is { IsPlain: true, Text: "true" }) return true;
        if (scalar is { IsPlain: true, Text: "false" }) return false;
        bool meansTrue = scalar.Text is "yes" or "on" or "True" or "TRUE" or "1" or "y" or "Yes" or "true";
        return Wrong<bool>(context, path, scalar, "is neither true nor false", meansTrue
            ? "Write true, without quotes" : "Write true or false, without quotes");
    }

    public static DateTimeOffset? Time(ReadContext context, string path, YamlScalar scalar)
    {
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"];
        if (scalar.Text.Length > 11 && scalar.Text.AsSpan(11).IndexOfAny("Z+-") >= 0 &&
            DateTimeOffset.TryParseExact(scalar.Text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None,
                out DateTimeOffset time)) return time;
        return Wrong<DateTimeOffset>(context, path, scalar, "is not a moment", "Write it as 2026-01-31T18:00:00Z, with the zone");
    }

    public static string? Text(ReadContext context, string path, YamlScalar scalar, TextShape shape)
    {
        string? error = scalar.Text switch
        {
            "" => "is empty",
            { Length: var length } when length > shape.MaxLength => $"is longer than {shape.MaxLength} characters",
            var text when text.Contains('\0', StringComparison.Ordinal) => "contains a NUL character",
            _ => null,
        };
        if (error is null) return scalar.Text;
        Wrong<bool>(context, path, scalar, error, "");
        return null;
    }

    public static string? Choice(ReadContext context, string path, YamlScalar scalar, ChoiceShape shape)
    {
        if (shape.Values.Contains(scalar.Text, StringComparer.Ordinal)) return scalar.Text;
        string? nearest = Nearest.Of(scalar.Text, shape.Values);
        Wrong<bool>(context, path, scalar, "is not one of the words it may be",
            nearest is null ? $"Write one of {string.Join(", ", shape.Values)}" : $"Did you mean '{nearest}'?");
        return null;
    }

    private static T? InRange<T>(ReadContext context, string path, YamlScalar scalar, UnitResult<T> result, T min, T max,
        Func<T, string> format)
        where T : struct, IComparable<T>
    {
        if (!result.IsValid) return Wrong<T>(context, path, scalar, result.Error!, result.Hint);
        if (result.Value.CompareTo(min) >= 0 && result.Value.CompareTo(max) <= 0) return result.Value;
        context.Problems.Error("out-of-range", path, scalar.Mark,
            $"'{path}' is {Printable.Of(scalar.Text)}, outside {format(min)} to {format(max)}",
            $"Write {format(result.Value.CompareTo(min) < 0 ? min : max)} or a value in between");
        return null;
    }

    private static T? Wrong<T>(ReadContext context, string path, YamlScalar scalar, string error, string hint)
        where T : struct
    {
        context.Problems.Error("wrong-value", path, scalar.Mark, $"'{path}' {error}: '{Printable.Of(scalar.Text)}'", hint);
        return null;
    }
}
