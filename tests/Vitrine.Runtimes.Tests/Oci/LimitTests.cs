using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>Limits hold in the kernel, and what it counted is told.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task Memory_Bomb_IsKilledAndCounted()
    {
        await using TestHost host = await TestHost.OpenAsync();
        SandboxPlan plan = Plans.Default();
        plan = plan with { Limits = plan.Limits with { MemoryBytes = 64 << 20 } };
        await using IRuntimeSandbox sandbox = await host.CreateAsync(plan);
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        (int exit, _) = await TestHost.ShellAsync(guest, plan, "head -c 200000000 /dev/zero | tail -c 150000000 | wc -c");
        SandboxUsage usage = sandbox.ReadUsage();
        Assert.True(usage.OomKills > 0, $"exit {exit}, {usage}");
        Assert.True(usage.PeakMemoryBytes <= 64 << 20);
        Assert.False(sandbox.Exited.IsCompleted);

        // The control: with more memory the same command works.
        (exit, string output) = await host.ShellAsync(Plans.Default(), "head -c 200000000 /dev/zero | tail -c 150000000 | wc -c");
        Assert.Equal((0, "150000000\n"), (exit, output));
    }

    [Fact]
    public async Task Pids_Bomb_IsRefusedAndCounted()
    {
        await using TestHost host = await TestHost.OpenAsync();
        SandboxPlan plan = Plans.Default();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(plan);
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        Assert.Equal(0, sandbox.ReadUsage().RefusedForks);
        await TestHost.ShellAsync(guest, plan, "i=0; while [ $i -lt 200 ]; do sleep 30 & i=$((i+1)); done 2>/dev/null; kill $(jobs -p); exit 0");
        SandboxUsage usage = sandbox.ReadUsage();
        Assert.True(usage.RefusedForks > 0);
        Assert.InRange(usage.Pids, 1, plan.Limits.Pids);
    }

    [Theory]
    [InlineData("/tmp", 8)]
    [InlineData("/dev/shm", 8)]
    [InlineData("/workspace", 8)]
    public async Task Disk_Filler_StopsAtTheSize(string place, int mebibytes)
    {
        await using TestHost host = await TestHost.OpenAsync();
        SandboxPlan plan = Plans.Default();
        plan = plan with { Tmpfs = [.. plan.Tmpfs.Select(t => t.Target == place ? t with { SizeBytes = mebibytes << 20, MaxInodes = 50 } : t)] };
        (_, string output) = await host.ShellAsync(plan, $"cd {place}; head -c 20M /dev/zero > f 2>/dev/null; stat -c %s f; rm f; i=0; while touch f$i 2>/dev/null; do i=$((i+1)); done; echo $i");
        string[] lines = output.Split('\n');
        Assert.Equal($"{mebibytes << 20}", lines[0]);
        Assert.InRange(int.Parse(lines[1], System.Globalization.CultureInfo.InvariantCulture), 40, 50);
    }
}
