using Vitrine.Policy.Plans;
using Vitrine.Policy.Tests.Support;

namespace Vitrine.Policy.Tests.Planning;

public sealed class LimitPlanTests
{
    [Fact]
    public void Plan_EmptyPolicy_HasTheDefaultsOfTheDocumentation()
    {
        LimitsPlan limits = Policies.PlanOf("").Limits;
        Assert.Equal(1L << 30, limits.MemoryBytes);
        Assert.Equal(1000, limits.CpuMillis);
        Assert.Equal(256, limits.Pids);
        Assert.Equal(1024, limits.OpenFiles);
        Assert.Equal(64L << 20, limits.OutputBytes);
        Assert.Equal(TimeSpan.FromMinutes(10), limits.WallClock);
        Assert.Equal(TimeSpan.FromMinutes(30), limits.Idle);
        Assert.Empty(limits.BestEffort);
    }

    [Fact]
    public void Plan_LimitsOfPolicy_AreTaken()
    {
        LimitsPlan limits =
            Policies.PlanOf("limits: {memory: 64MiB, cpus: 0.25, pids: 16, open-files: 64, output: 1MiB, wall-clock: none, idle: 5m, best-effort: [cpus, pids]}").Limits;
        Assert.Equal((64L << 20, 250, 16, 64, 1L << 20),
            (limits.MemoryBytes, limits.CpuMillis, limits.Pids, limits.OpenFiles, limits.OutputBytes));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromMinutes(5)), (limits.WallClock, limits.Idle));
        Assert.Equal(["cpus", "pids"], limits.BestEffort.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public void Plan_OperatorAsksForMore_GetsIt()
    {
        var wish = new LimitOverrides
        {
            MemoryBytes = 4L << 30,
            CpuMillis = 2500,
            Pids = 1000,
            OpenFiles = 2048,
            OutputBytes = 1 << 30,
            WallClock = TimeSpan.Zero,
            Idle = TimeSpan.FromHours(1)
        };
        LimitsPlan limits = Policies.PlanOf("", Policies.Operator with { Limits = wish }).Limits;
        Assert.Equal((4L << 30, 2500, 1000, 2048, 1L << 30),
            (limits.MemoryBytes, limits.CpuMillis, limits.Pids, limits.OpenFiles, limits.OutputBytes));
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromHours(1)), (limits.WallClock, limits.Idle));
    }

    public static TheoryData<LimitOverrides> Widenings { get; } =
    [
        new LimitOverrides { MemoryBytes = 2L << 30 }, new LimitOverrides { CpuMillis = 1001 }, new LimitOverrides { Pids = 257 },
            new LimitOverrides { OpenFiles = 1025 },
        new LimitOverrides { OutputBytes = (64L << 20) + 1 }, new LimitOverrides { WallClock = TimeSpan.FromMinutes(11) },
            new LimitOverrides { WallClock = TimeSpan.Zero },
        new LimitOverrides { Idle = TimeSpan.Zero }, new LimitOverrides { DiskBytes = 3L << 30 },
    ];

    [Theory]
    [MemberData(nameof(Widenings))]
    public void Plan_CallerAsksForMore_IsRefused(LimitOverrides wish) =>
        Assert.Equal("request-widens", Policies.SingleError(Policies.Plan("limits: {disk: 2GiB}", new PlanRequest { Limits = wish })).Code);

    [Fact]
    public void Plan_CallerAsksForLess_GetsIt()
    {
        var wish = new LimitOverrides
        {
            MemoryBytes = 64L << 20,
            CpuMillis = 100,
            Pids = 8,
            OpenFiles = 16,
            OutputBytes = 4096,
            WallClock =
            TimeSpan.FromSeconds(1),
            Idle = TimeSpan.FromSeconds(1),
            DiskBytes = 64L << 20
        };
        Assert.Equal(64L << 20, Policies.PlanOf("", new PlanRequest { Limits = wish }).Limits.MemoryBytes);
    }

    public static TheoryData<LimitOverrides, string> Impossible { get; } = new()
    {
        { new LimitOverrides { MemoryBytes = 1 }, "16MiB" },
        { new LimitOverrides { CpuMillis = -5 }, "0.01" },
        { new LimitOverrides { Pids = 1 }, "8" },
        { new LimitOverrides { Pids = 1_000_000 }, "65536" },
        { new LimitOverrides { OutputBytes = 0 }, "4KiB" },
        { new LimitOverrides { WallClock = TimeSpan.FromSeconds(-1) }, "time in between" },
        { new LimitOverrides { Idle = TimeSpan.FromDays(31) }, "time in between" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Plan_ImpossibleLimit_SaysWhatIsPossible(LimitOverrides wish, string hint)
    {
        PolicyProblem problem = Policies.SingleError(Policies.Plan("", Policies.Operator with { Limits = wish }));
        Assert.Equal("out-of-range", problem.Code);
        Assert.Contains(hint, problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_InteractiveWithoutStatedClock_HasNone()
    {
        PlanRequest shell = Policies.Operator with { IsInteractive = true };
        Assert.Equal(TimeSpan.Zero, Policies.PlanOf("", shell).Limits.WallClock);
        Assert.Equal(TimeSpan.FromMinutes(30), Policies.PlanOf("", shell).Limits.Idle);
        Assert.Equal(TimeSpan.FromMinutes(10), Policies.PlanOf("limits: {wall-clock: 10m}", shell).Limits.WallClock);
    }

    [Fact]
    public void Plan_OpenFilesAboveTheHardLimit_IsRefusedWithoutRootOnly()
    {
        const string Text = "limits: {open-files: 5000}";
        PolicyProblem problem = Policies.SingleError(Policies.Plan(Text, host: new FakeHost { IsRoot = false, HardOpenFilesLimit = 4096 }));
        Assert.Equal("open-files-too-high", problem.Code);
        Assert.Contains("4096", problem.Hint, StringComparison.Ordinal);
        Assert.Equal(5000, Policies.PlanOf(Text, host: new FakeHost { IsRoot = true, HardOpenFilesLimit = 4096 }).Limits.OpenFiles);
    }
}
