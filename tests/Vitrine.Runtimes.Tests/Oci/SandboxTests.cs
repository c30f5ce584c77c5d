using System.Globalization;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>What a sandbox is like from inside and from the host.</summary>
public sealed class SandboxTests
{
    [Fact]
    public async Task CreateAsync_Default_RunsAProgramOfTheHost()
    {
        await using TestHost host = await TestHost.OpenAsync();
        Assert.Equal((0, "42\n"), await host.ShellAsync(Plans.Default(), "echo $((6 * 7))"));
    }

    [Fact]
    public async Task CreateAsync_Inside_ShowsOnlyTheImage()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (_, string top) = await host.ShellAsync(Plans.Default(), "ls -A /; ls -A /home /etc; cat /proc/sys/kernel/hostname; wc -l < /proc/net/dev");
        string[] lines = top.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string absent in (string[])["root", "var", "boot", "srv", "mnt", "media", "work", "shadow", "sudoers"])
            Assert.DoesNotContain(absent, lines, StringComparer.Ordinal);

        // The control: the host has them.
        Assert.True(File.Exists("/etc/shadow") && Directory.Exists("/root"));
        Assert.Contains("usr", lines, StringComparer.Ordinal);
        Assert.Equal("sandbox 3", string.Join(' ', lines[^2..]));
    }

    [Fact]
    public async Task CreateAsync_Root_IsReadOnlyAndTheWorkspaceIsNot()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (_, string output) = await host.ShellAsync(Plans.Default(), "for d in / /usr /etc /dev /.vitrine /run; do touch $d/x 2>/dev/null && echo wrote $d; done; for d in /workspace /home/user /tmp /dev/shm; do touch $d/x && echo $d; done");
        Assert.Equal("/workspace\n/home/user\n/tmp\n/dev/shm\n", output);
    }

    [Fact]
    public async Task CreateAsync_WritableRoot_TakesWritesThatGoNowhere()
    {
        await using TestHost host = await TestHost.OpenAsync();
        SandboxPlan plan = Plans.Default() with { Root = new RootPlan(true, 4 << 20, 1000), User = new IdentityPlan("root", 0, 0, 0) };
        (_, string output) = await host.ShellAsync(plan, "echo 1 > /etc/new && cat /etc/new; head -c 8M /dev/zero > /big; stat -c %s /big; echo x > /usr/x");
        string[] lines = output.Split('\n');
        Assert.Equal("1", lines[0]);
        Assert.Contains("No space left on device", output, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", output, StringComparison.Ordinal);
        Assert.False(File.Exists("/etc/new"));
    }

    [Fact]
    public async Task CreateAsync_Process_HasNoCapabilityAndAHostIdOfItsOwn()
    {
        await using TestHost host = await TestHost.OpenAsync();
        SandboxPlan plan = Plans.Default();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(plan);
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        (_, string status) = await TestHost.ShellAsync(guest, plan, "cat /proc/self/status; cat /proc/self/uid_map");
        foreach (string set in (string[])["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
            Assert.Contains($"{set}:\t0000000000000000\n", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1\n", status, StringComparison.Ordinal);
        Assert.Contains("Uid:\t1000\t1000\t1000\t1000\n", status, StringComparison.Ordinal);

        // Seen from the host: the guest is 60000 of a range above 0x20000000.
        string outside = await File.ReadAllTextAsync($"/proc/{sandbox.GuestPid}/status", TestHost.Token);
        uint uid = uint.Parse(outside.Split("Uid:\t")[1].Split('\t')[0], CultureInfo.InvariantCulture);
        Assert.True(uid >= 0x20000000 + 60000);
        Assert.Equal(60000u, (uid - 0x20000000) % 65536);
    }

    [Fact]
    public async Task CreateAsync_Two_HaveRangesOfTheirOwn()
    {
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox one = await host.CreateAsync(Plans.Default());
        await using IRuntimeSandbox two = await host.CreateAsync(Plans.Default());
        Assert.NotEqual(Detail(one, Layer.UserNamespace), Detail(two, Layer.UserNamespace), StringComparer.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_Layers_AreReportedAsTheKernelSaysThem()
    {
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(Plans.Default());
        Layer[] enforced = [.. sandbox.Layers.Where(static l => l.Status == LayerStatus.Enforced).Select(static l => l.Layer)];
        foreach (Layer layer in (Layer[])
                 [
                     Layer.UserNamespace, Layer.Namespaces, Layer.Capabilities, Layer.NoNewPrivileges, Layer.ReadOnlyRoot, Layer.IdMappedImage, Layer.MaskedPaths,
                     Layer.NetworkNone, Layer.MemoryLimit, Layer.CpuLimit, Layer.PidsLimit, Layer.ResourceLimits,
                 ])
            Assert.Contains(layer, enforced);

        // This plan has no filter, and the report says so instead of what was hoped for.
        Assert.DoesNotContain(Layer.Seccomp, enforced);
    }

    [Fact]
    public async Task CreateAsync_OuterFilter_IsInForce()
    {
        await using TestHost host = await TestHost.OpenAsync();

        // ld [nr]; jeq #uname (63); ret ERRNO 1; ret ALLOW. The control: without the filter `uname` works.
        byte[] filter = [0x20, 0, 0, 0, 0, 0, 0, 0, 0x15, 0, 0, 1, 63, 0, 0, 0, 0x06, 0, 0, 0, 1, 0, 0x05, 0, 0x06, 0, 0, 0, 0, 0, 0xff, 0x7f];
        const string json = """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["uname"],"action":"SCMP_ACT_ERRNO"}]}""";
        SandboxPlan plan = Plans.Default() with { Seccomp = new SeccompPlan(filter, json, default) };
        Assert.Equal(0, (await host.ShellAsync(Plans.Default(), "uname -r")).Exit);
        await using IRuntimeSandbox sandbox = await host.CreateAsync(plan);
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        Assert.NotEqual(0, (await TestHost.ShellAsync(guest, plan, "uname -r")).Exit);
        Assert.Equal(LayerStatus.Enforced, sandbox.Layers.Single(static l => l.Layer == Layer.Seccomp).Status);
    }

    [Fact]
    public async Task CreateAsync_Guest_HasNoDescriptorOfTheHost()
    {
        await using TestHost host = await TestHost.OpenAsync();
        await using FileStream leak = File.OpenRead("/etc/passwd");
        await using IRuntimeSandbox sandbox = await host.CreateAsync(Plans.Default());
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        string[] links = [.. Directory.GetFiles($"/proc/{sandbox.GuestPid}/fd").Select(static f => new FileInfo(f).LinkTarget ?? "")];
        Assert.NotEmpty(links);
        Assert.All(links, static l => Assert.True(!l.StartsWith('/') || l == "/dev/null", l));
    }

    [Fact]
    public async Task CreateAsync_MountsInside_NameNoPathOfTheHost()
    {
        await using TestHost host = await TestHost.OpenAsync();
        (_, string mounts) = await host.ShellAsync(Plans.Default(), "cat /proc/self/mountinfo");
        Assert.DoesNotContain(host.Options.StateDirectory, mounts, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetDirectoryName(TestHost.Guest)!, mounts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exited_GuestKilledFromOutside_Completes()
    {
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(Plans.Default());
        Assert.False(sandbox.Exited.IsCompleted);
        using (var guest = Vitrine.Linux.Processes.ProcessDescriptor.Open(sandbox.GuestPid))
            guest.Signal(9);
        await sandbox.Exited.WaitAsync(TimeSpan.FromSeconds(5), TestHost.Token);
    }

    [Fact]
    public async Task FreezeAsync_BusyLoop_UsesNoTimeUntilThawed()
    {
        await using TestHost host = await TestHost.OpenAsync();
        SandboxPlan plan = Plans.Default();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(plan);
        await using GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        await using GuestChannel busy = await TestHost.StartAsync(guest, plan, ["/bin/sh", "-c", "while :; do :; done"]);
        await UntilAsync(() => sandbox.ReadUsage().Cpu > TimeSpan.FromMilliseconds(50));
        guest.Suspend();
        await sandbox.FreezeAsync(TestHost.Token);
        TimeSpan frozen = sandbox.ReadUsage().Cpu;

        // Time must pass for the check to mean something; the control is that the loop used more before and does after.
        await Task.Delay(150, TestHost.Token);
        Assert.InRange(sandbox.ReadUsage().Cpu - frozen, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        await sandbox.ThawAsync(TestHost.Token);
        guest.Resume();
        await UntilAsync(() => sandbox.ReadUsage().Cpu > frozen + TimeSpan.FromMilliseconds(50));
        await sandbox.FreezeAsync(TestHost.Token);
        await sandbox.KillAsync().WaitAsync(TimeSpan.FromSeconds(5), TestHost.Token);
    }

    private static string Detail(IRuntimeSandbox sandbox, Layer layer) => sandbox.Layers.Single(l => l.Layer == layer).Detail;

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHost.Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, limit.Token);
    }
}
