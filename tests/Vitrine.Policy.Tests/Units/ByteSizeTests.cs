using Vitrine.Policy.Units;

namespace Vitrine.Policy.Tests.Units;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0B", 0)]
    [InlineData("1B", 1)]
    [InlineData("1KiB", 1024)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("1kB", 1000)]
    [InlineData("1KB", 1000)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("2TiB", 2L << 40)]
    [InlineData("0.3B", 0)]
    public void Parse_NumberAndUnit_GivesBytes(string text, long bytes)
    {
        UnitResult<long> result = ByteSize.Parse(text);
        Assert.True(result.IsValid, result.Error);
        Assert.Equal(bytes, result.Value);
    }

    [Theory]
    [InlineData("512", "has no unit", "512MiB")]
    [InlineData("512M", "has an unknown unit 'M'", "512MiB")]
    [InlineData("512m", "has an unknown unit 'm'", "512MiB")]
    [InlineData("512mb", "has an unknown unit 'mb'", "512MiB")]
    [InlineData("1g", "has an unknown unit 'g'", "1GiB")]
    [InlineData("1Gb", "has an unknown unit 'Gb'", "1GiB")]
    [InlineData("4k", "has an unknown unit 'k'", "4KiB")]
    [InlineData("1PiB", "has an unknown unit 'PiB'", "MiB")]
    public void Parse_WrongUnit_NamesTheNearest(string text, string error, string hint)
    {
        UnitResult<long> result = ByteSize.Parse(text);
        Assert.Equal(error, result.Error);
        Assert.Contains(hint, result.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1MiB")]
    [InlineData("1 MiB")]
    [InlineData("1MiB ")]
    [InlineData("1,5MiB")]
    [InlineData("1.MiB")]
    [InlineData(".5MiB")]
    [InlineData("1.1234MiB")]
    [InlineData("1e3MiB")]
    [InlineData("0x10MiB")]
    [InlineData("１MiB")]
    [InlineData("9999999999999999MiB")]
    [InlineData("999999999999999TiB")]
    public void Parse_NoSize_IsAnError(string text) => Assert.False(ByteSize.Parse(text).IsValid);

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1KiB")]
    [InlineData(1536, "1536B")]
    [InlineData(1L << 30, "1GiB")]
    [InlineData(long.MaxValue, "9223372036854775807B")]
    public void Format_Bytes_IsTheShortestExactSpelling(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Fact]
    public void Format_AnySize_ReadsBackTheSame()
    {
        var random = new Random(4711);
        for (int round = 0; round < 10_000; round++)
        {
            long bytes = random.NextInt64(0, 999_999_999_999_999) >> random.Next(0, 50);
            Assert.Equal(bytes, ByteSize.Parse(ByteSize.Format(bytes)).Value);
        }
    }
}
