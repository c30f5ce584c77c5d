using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Protocol.Tests.Hosting;

public sealed class CreditPoolTests
{
    [Fact]
    public void Grow_AllChannelsWantTheMost_LeavesTheMinimumForTheLast()
    {
        var pool = new CreditPool();
        for (int i = 0; i < WireLimits.MaxChannels; i++)
        {
            Assert.True(pool.TryOpenChannel(streams: 2));
            Assert.True(int.IsPow2(pool.Grow(WireLimits.MinStreamCredit, WireLimits.MaxStreamCredit)));
            pool.Grow(WireLimits.MinStreamCredit, WireLimits.MaxStreamCredit);
            Assert.InRange(pool.Used, 1, WireLimits.MaxSandboxBuffer);
        }
    }

    [Fact]
    public void Grow_OneStreamAlone_GetsTheMost() =>
        Assert.Equal(WireLimits.MaxStreamCredit, new CreditPool().Grow(WireLimits.MinStreamCredit, WireLimits.MaxStreamCredit));

    [Fact]
    public void TryOpenChannel_PoolIsFull_IsRefused()
    {
        var pool = new CreditPool();
        int opened = 0;
        while (pool.TryOpenChannel(streams: 2))
            opened++;
        Assert.Equal(WireLimits.MaxSandboxBuffer / (2 * WireLimits.MinStreamCredit), opened);
        pool.Release(2 * WireLimits.MinStreamCredit);
        Assert.True(pool.TryOpenChannel(streams: 2));
    }
}
