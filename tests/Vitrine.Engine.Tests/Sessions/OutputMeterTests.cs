using FsCheck;
using FsCheck.Fluent;
using Vitrine.Engine.Sessions;

namespace Vitrine.Engine.Tests.Sessions;

public sealed class OutputMeterTests
{
    [Fact]
    public void Count_WithinLimit_PassesAllAndStaysOpen()
    {
        var meter = new OutputMeter(10);

        Assert.Equal(10, meter.Count(10));

        Assert.False(meter.Passed.IsCompleted);
        Assert.Equal(10, meter.Total);
    }

    [Fact]
    public void Count_OneByteTooMany_PassesTheRestOnceAndSaysSo()
    {
        var meter = new OutputMeter(10);

        Assert.Equal(10, meter.Count(11));
        Assert.Equal(0, meter.Count(5));

        Assert.True(meter.Passed.IsCompletedSuccessfully);
        Assert.Equal(10, meter.Total);
    }

    [Fact]
    public void Count_AnySequence_NeverPassesMoreThanTheLimit() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(PositiveInt Limit, PositiveInt[] Counts)>(),
            input =>
            {
                var meter = new OutputMeter(input.Limit.Get);
                long passed = input.Counts.Sum(c => (long)meter.Count(c.Get));
                long offered = input.Counts.Sum(c => (long)c.Get);
                return passed == Math.Min(offered, input.Limit.Get) && meter.Total == passed && meter.Passed.IsCompleted == offered > input.Limit.Get;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task ReadAsync_BeyondLimit_EndsTheStreamAtTheLimit()
    {
        var meter = new OutputMeter(5);
        await using var stream = new MeteredStream(new MemoryStream("0123456789"u8.ToArray()), meter);
        using var read = new MemoryStream();

        await stream.CopyToAsync(read, TestContext.Current.CancellationToken);

        Assert.Equal("01234"u8.ToArray(), read.ToArray());
    }
}
