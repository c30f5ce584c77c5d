using Vitrine.Egress.Tests.Support;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Sessions;

/// <summary>By itself: what other tests of this process allocate would be counted, too.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MemoryCollection;

[Collection(typeof(MemoryCollection))]
public sealed class MemoryTests
{
    /// <summary>Promised: 64 KiB each. Both ends of every connection are in this process and counted, too.</summary>
    [Fact]
    public async Task Idle_ManyConnections_HoldLessThanTheyAreCountedFor()
    {
        const int Connections = 150;
        await using var server = new OutsideServer(static async stream =>
        {
            byte[] buffer = new byte[1024];
            for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
                await stream.WriteAsync(buffer.AsMemory(0, read));
        });
        await using World world = World.Open(new EgressPlan { Allow = [World.Rule(server.Port)], Connections = 192 });
        List<InsideSocket> open = [await world.ConnectAsync("api.test", server.Port)];
        await open[0].Stream.WriteAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        // One for all: a socket keeps a reference to what it sent last.
        byte[] bytes = new byte[20_000];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int count = 0; count < Connections; count++)
        {
            InsideSocket inside = await world.ConnectAsync("api.test", server.Port);
            await inside.Stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
            await inside.Stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
            open.Add(inside);
        }

        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal((Connections + 1L) * MemoryBudget.PassThrough, world.Gateway.MemoryReserved);
        Assert.InRange(held / Connections, 1, MemoryBudget.PassThrough);
        foreach (InsideSocket inside in open)
            inside.Stream.Close();
    }

    [Fact]
    public void TryTake_BeyondTheLimit_TakesNothing()
    {
        var budget = new MemoryBudget(100);
        Assert.True(budget.TryTake(60));
        Assert.False(budget.TryTake(41));
        Assert.True(budget.TryTake(40));
        Assert.Equal(100, budget.Used);
        budget.Return(100);
        Assert.Equal(0, budget.Used);
    }
}
