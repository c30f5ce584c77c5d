using Vitrine.Engine.Sessions;
using Vitrine.Policy.Plans;

namespace Vitrine.Engine.Tests.Sessions;

public sealed class DeadlinesTests
{
    private readonly ManualTimeProvider _clock = new();
    private TimeSpan _cpu;

    [Fact]
    public async Task WaitAsync_WallClockOver_SaysTimeout()
    {
        Deadlines deadlines = Make(wall: TimeSpan.FromMinutes(10), idle: TimeSpan.Zero);
        Task<EndReason> waiting = deadlines.WaitAsync(TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(EndReason.Timeout, await waiting);
    }

    [Fact]
    public async Task WaitAsync_NobodyUsesIt_SaysIdleTimeout()
    {
        Deadlines deadlines = Make(wall: TimeSpan.Zero, idle: TimeSpan.FromMinutes(30));
        Task<EndReason> waiting = deadlines.WaitAsync(TestContext.Current.CancellationToken);

        await AdvanceAsync(TimeSpan.FromMinutes(31), waiting);

        Assert.Equal(EndReason.IdleTimeout, await waiting);
    }

    [Fact]
    public async Task WaitAsync_ItComputes_IsNotIdle()
    {
        Deadlines deadlines = Make(wall: TimeSpan.Zero, idle: TimeSpan.FromMinutes(30));
        using var over = new CancellationTokenSource();
        Task<EndReason> waiting = deadlines.WaitAsync(over.Token);

        for (int i = 0; i < 120; i++)
        {
            _cpu += TimeSpan.FromSeconds(1);
            await AdvanceAsync(TimeSpan.FromSeconds(30), waiting);
        }

        Assert.False(waiting.IsCompleted);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task WaitAsync_PausedOrTouched_IdleClockStands()
    {
        Deadlines deadlines = Make(wall: TimeSpan.Zero, idle: TimeSpan.FromMinutes(1));
        Task<EndReason> waiting = deadlines.WaitAsync(TestContext.Current.CancellationToken);

        deadlines.SetPaused(true);
        await AdvanceAsync(TimeSpan.FromMinutes(5), waiting);
        Assert.False(waiting.IsCompleted);
        deadlines.SetPaused(false);
        await AdvanceAsync(TimeSpan.FromSeconds(50), waiting);
        deadlines.Touch();
        await AdvanceAsync(TimeSpan.FromSeconds(50), waiting);
        Assert.False(waiting.IsCompleted);
        await AdvanceAsync(TimeSpan.FromSeconds(20), waiting);

        Assert.Equal(EndReason.IdleTimeout, await waiting);
    }

    private Deadlines Make(TimeSpan wall, TimeSpan idle) => new(
        new LimitsPlan { MemoryBytes = 1, CpuMillis = 1, Pids = 1, OpenFiles = 1, OutputBytes = 1, WallClock = wall, Idle = idle },
        _clock,
        () => _cpu);

    /// <summary>Moves the clock in the steps of the idle look, each time letting the waiter arm its next timer.</summary>
    private async Task AdvanceAsync(TimeSpan by, Task waiting)
    {
        var step = TimeSpan.FromSeconds(2);
        for (TimeSpan done = TimeSpan.Zero; done < by && !waiting.IsCompleted; done += step)
        {
            await Task.WhenAny(_clock.UntilAwaitedAsync(), waiting);
            _clock.Advance(step);
        }
    }
}
