using Vitrine.Policy.Units;

namespace Vitrine.Policy.Tests.Units;

public sealed class CpuShareTests
{
    [Theory]
    [InlineData("1", 1000)]
    [InlineData("0.5", 500)]
    [InlineData("0.001", 1)]
    [InlineData("64", 64000)]
    public void Parse_Number_GivesThousandths(string text, int millis) => Assert.Equal(millis, CpuShare.Parse(text).Value);

    [Theory]
    [InlineData("500m", "Write 0.5")]
    [InlineData("2cpus", "Write 2")]
    [InlineData("half", "0.5 or 2")]
    [InlineData("50%", "0.5 or 2")]
    [InlineData("999999999", "smaller")]
    public void Parse_NoNumberOfCpus_HintsAtOne(string text, string hint)
    {
        UnitResult<int> result = CpuShare.Parse(text);
        Assert.NotNull(result.Error);
        Assert.Contains(hint, result.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_AnyShare_ReadsBackTheSame()
    {
        for (int millis = 0; millis < 20_000; millis += 7) Assert.Equal(millis, CpuShare.Parse(CpuShare.Format(millis)).Value);
    }
}
