using System.Globalization;

namespace Vitrine.Policy.Compile.Seccomp;

/// <summary>
/// One test of a system call's argument. A filter sees 64 bits; where the kernel takes an `int` it looks at the low half only, and so must
/// the test, or a value with high bits set would be judged differently from how it acts. Hence the mask is always written out.
/// </summary>
/// <param name="Index">Which argument, 0 to 5.</param>
/// <param name="Mask">Bits that are looked at.</param>
/// <param name="Value">What they must be; for <see cref="ArgumentTestKind.AtLeast"/> the smallest value that passes.</param>
/// <param name="Kind">How they are compared.</param>
public sealed record ArgumentTest(int Index, ulong Mask, ulong Value, ArgumentTestKind Kind)
{
    private const ulong IntMask = 0xFFFF_FFFF;

    /// <summary>The argument, an `int` or `unsigned int` of the kernel, equals the value.</summary>
    public static ArgumentTest IntEquals(int index, uint value) => new(index, IntMask, value, ArgumentTestKind.Equal);

    /// <summary>The argument, an `int` of the kernel read as unsigned, is the value or more.</summary>
    public static ArgumentTest IntAtLeast(int index, uint value) => new(index, IntMask, value, ArgumentTestKind.AtLeast);

    /// <summary>The masked bits of the argument, an `int` of the kernel, equal the value.</summary>
    public static ArgumentTest IntBits(int index, uint mask, uint value) => new(index, mask, value, ArgumentTestKind.Equal);

    /// <summary>All 64 bits of the argument (`long`, pointer) under the mask equal the value.</summary>
    public static ArgumentTest LongBits(int index, ulong mask, ulong value) => new(index, mask, value, ArgumentTestKind.Equal);

    /// <summary>The argument is a null pointer.</summary>
    public static ArgumentTest IsNull(int index) => new(index, ulong.MaxValue, 0, ArgumentTestKind.Equal);

    /// <summary>Whether an argument passes.</summary>
    /// <param name="argument">The argument as the kernel hands it to the filter.</param>
    public bool Holds(ulong argument) => Kind == ArgumentTestKind.Equal ? (argument & Mask) == Value : (argument & Mask) >= Value;

    /// <summary>The test as a person reads it.</summary>
    public override string ToString()
    {
        var argument = "arg" + Index.ToString(CultureInfo.InvariantCulture);
        var left = Mask is IntMask or ulong.MaxValue ? argument : $"({argument} & 0x{Mask:x})";
        return $"{left} {(Kind == ArgumentTestKind.Equal ? "==" : ">=")} 0x{Value:x}";
    }
}
