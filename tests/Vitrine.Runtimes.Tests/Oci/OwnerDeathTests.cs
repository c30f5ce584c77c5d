using Vitrine.Linux.Processes;
using Vitrine.Runtimes.Oci;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>Sandboxes never survive their owner, however it, or its keeper, dies (HARDENING 16, 17).</summary>
public sealed class OwnerDeathTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Owner_Killed_KeeperRemovesEverything()
    {
        OciRuntimeOptions options = TestHost.NewOptions();
        (ChildProcess owner, _) = await OwnerProcess.StartAsync(options);
        using (owner)
        {
            // The control: four sandboxes are there, and would be without a keeper, two of them frozen.
            Assert.Equal(4, Groups(options));
            owner.Signal(Signals.SIGKILL);
            await owner.WaitAsync(TestHost.Token);
            await Residue.GoneAsync(options, Promised);
        }

        Clean(options);
    }

    [Fact]
    public async Task Keeper_SignalledOrKilledAlone_DoesNotGiveUp()
    {
        OciRuntimeOptions options = TestHost.NewOptions();
        (ChildProcess owner, int keeperPid) = await OwnerProcess.StartAsync(options);
        using (owner)
        using (ProcessDescriptor keeper = ProcessDescriptor.Open(keeperPid))
        {
            foreach (int signal in (int[])[Signals.SIGHUP, Signals.SIGINT, Signals.SIGTERM, Signals.SIGQUIT])
                keeper.Signal(signal);
            await Task.Delay(50, TestHost.Token);
            Assert.False(keeper.HasExited);
            keeper.Signal(Signals.SIGKILL);
            await keeper.WaitAsync(TestHost.Token);

            // Its successor is another child of the owner.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestHost.Token);
            limit.CancelAfter(Promised);
            while (!Children(owner.Pid).Contains("keeper", StringComparison.Ordinal))
                await Task.Delay(10, limit.Token);
            owner.Signal(Signals.SIGKILL);
            await owner.WaitAsync(TestHost.Token);
            await Residue.GoneAsync(options, Promised);
        }

        Clean(options);
    }

    [Fact]
    public async Task OwnerAndKeeper_Killed_ReconcileRemovesAndReports()
    {
        OciRuntimeOptions options = TestHost.NewOptions();
        (ChildProcess owner, int keeperPid) = await OwnerProcess.StartAsync(options);
        using (owner)
        using (ProcessDescriptor keeper = ProcessDescriptor.Open(keeperPid))
        {
            // Stopped first, so that it cannot start another keeper between the two.
            owner.Signal(Signals.SIGSTOP);
            keeper.Signal(Signals.SIGKILL);
            owner.Signal(Signals.SIGKILL);
            await owner.WaitAsync(TestHost.Token);
            await keeper.WaitAsync(TestHost.Token);
        }

        // The control: the frozen ones are still there, for nobody woke them.
        Assert.NotEmpty(Residue.Of(options));
        IReadOnlyList<string> found = await OciRuntime.ReconcileAsync(options, TestHost.Token);
        Assert.InRange(found.Count, 2, 4);
        await Residue.GoneAsync(options, Promised);
        Assert.Empty(await OciRuntime.ReconcileAsync(options, TestHost.Token));
        Clean(options);
    }

    [Fact]
    public async Task ReconcileAsync_OwnerAlive_TouchesNothing()
    {
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox sandbox = await host.CreateAsync(Plans.Default());
        Assert.Empty(await OciRuntime.ReconcileAsync(host.Options, TestHost.Token));
        Assert.False(sandbox.Exited.IsCompleted);
        await using Protocol.Hosting.GuestConnection guest = await TestHost.ConnectAsync(sandbox);
        Assert.Equal((0, "alive\n"), await TestHost.ShellAsync(guest, Plans.Default(), "echo alive"));
    }

    private static int Groups(OciRuntimeOptions options) => Directory.GetDirectories($"{Residue.PidsHierarchy}/{options.CgroupName}").Length;

    private static string Children(int pid) => string.Join('\n', Directory.GetDirectories("/proc").Where(static d => char.IsAsciiDigit(d[6])).Select(d =>
    {
        try
        {
            return File.ReadAllText(d + "/stat").Split(") ")[1].Split(' ')[1] == $"{pid}" ? File.ReadAllText(d + "/cmdline").Replace('\0', ' ') : "";
        }
        catch (IOException)
        {
            return "";
        }
    }));

    /// <summary>The group that all sandboxes share stays when its last owner was killed; the next owner's orderly end takes it away.</summary>
    private static void Clean(OciRuntimeOptions options)
    {
        foreach (string hierarchy in Directory.GetDirectories("/sys/fs/cgroup"))
        {
            if (Directory.Exists($"{hierarchy}/{options.CgroupName}"))
                Directory.Delete($"{hierarchy}/{options.CgroupName}");
        }

        Directory.Delete(options.StateDirectory, recursive: true);
    }
}
