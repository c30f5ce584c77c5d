using System.Globalization;

namespace Vitrine.Policy.Units;

/// <summary>`12.5MiB` taken apart. Bounded: at most 15 digits and 3 after the point, so that nothing overflows a decimal.</summary>
internal readonly ref struct NumberAndUnit
{
    private NumberAndUnit(decimal number, ReadOnlySpan<char> unit, int length)
    {
        Number = number;
        Unit = unit;
        Length = length;
    }

    public decimal Number { get; }

    public ReadOnlySpan<char> Unit { get; }

    /// <summary>Characters taken, unit included.</summary>
    public int Length { get; }

    /// <summary>Takes a number and the letters behind it from the start of a text.</summary>
    public static bool TryTake(ReadOnlySpan<char> text, out NumberAndUnit result)
    {
        result = default;
        int digits = CountDigits(text);
        if (digits is 0 or > 15) return false;
        int end = digits;
        if (end < text.Length && text[end] == '.')
        {
            int fraction = CountDigits(text[(end + 1)..]);
            if (fraction is 0 or > 3) return false;
            end += 1 + fraction;
        }

        decimal number = decimal.Parse(text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        int unitEnd = end;
        while (unitEnd < text.Length && char.IsAsciiLetter(text[unitEnd])) unitEnd++;
        result = new NumberAndUnit(number, text[end..unitEnd], unitEnd);
        return true;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }
}
