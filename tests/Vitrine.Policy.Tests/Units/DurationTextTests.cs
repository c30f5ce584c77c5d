using Vitrine.Policy.Units;

namespace Vitrine.Policy.Tests.Units;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("1s", 1)]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d2h3m4s", 93784)]
    [InlineData("0.5h", 1800)]
    [InlineData("none", 0)]
    public void Parse_Time_GivesSeconds(string text, int seconds)
    {
        UnitResult<TimeSpan> result = DurationText.Parse(text);
        Assert.True(result.IsValid, result.Error);
        Assert.Equal(TimeSpan.FromSeconds(seconds), result.Value);
    }

    [Theory]
    [InlineData("10", "10s")]
    [InlineData("10min", "10m")]
    [InlineData("2hours", "2h")]
    [InlineData("3D", "3d")]
    [InlineData("500ms", "500m")]
    [InlineData("0s", "none")]
    [InlineData("30m1h", "1h30m")]
    [InlineData("1m1m", "1h30m")]
    [InlineData("ten", "10m")]
    [InlineData("None", "none")]
    public void Parse_WrongTime_HintsAtARightOne(string text, string hint)
    {
        UnitResult<TimeSpan> result = DurationText.Parse(text);
        Assert.NotNull(result.Error);
        Assert.Contains(hint, result.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("1s ")]
    [InlineData("1 s")]
    [InlineData("999999999999999d")]
    public void Parse_NoTime_IsAnError(string text) => Assert.False(DurationText.Parse(text).IsValid);

    [Fact]
    public void Format_AnyTime_ReadsBackTheSame()
    {
        var random = new Random(4712);
        for (int round = 0; round < 10_000; round++)
        {
            TimeSpan time = TimeSpan.FromMilliseconds(random.NextInt64(1, 30L * 86400 * 1000) >> random.Next(0, 30));
            if (time == TimeSpan.Zero) continue;
            Assert.Equal(time, DurationText.Parse(DurationText.Format(time)).Value);
        }
    }
}
