using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>What cannot be had as planned does not start, says why, and leaves nothing.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task OpenAsync_MissingRuntime_SaysWhatToInstall()
    {
        RuntimeException error = await Assert.ThrowsAsync<RuntimeException>(() => TestHost.OpenAsync(TestHost.NewOptions() with { RuntimePath = "/nowhere/crun" }));
        Assert.Equal("runtime-missing", error.Code);
        Assert.Contains("/nowhere/crun", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_ProgramThatIsNoRuntime_IsRefused()
    {
        RuntimeException error = await Assert.ThrowsAsync<RuntimeException>(() => TestHost.OpenAsync(TestHost.NewOptions() with { RuntimePath = "/bin/echo" }));
        Assert.Equal("runtime-unusable", error.Code);
        Assert.Contains("apt-get install crun", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_MissingGuest_SaysHowToBuildIt()
    {
        RuntimeException error = await Assert.ThrowsAsync<RuntimeException>(() => TestHost.OpenAsync(TestHost.NewOptions() with { GuestPath = "/nowhere/guest" }));
        Assert.Equal("guest-missing", error.Code);
    }

    [Fact]
    public async Task OpenAsync_StateDirectoryOthersCannotPass_IsRefused()
    {
        RuntimeException error = await Assert.ThrowsAsync<RuntimeException>(() => TestHost.OpenAsync(TestHost.NewOptions() with { StateDirectory = "/root/.vitrine-test" }));
        Assert.Equal("state-directory", error.Code);
        Assert.Contains("/root", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_RequiredLayerThatDoesNotHold_IsRefused()
    {
        // The control: the same plan without the requirement starts (SandboxTests). No filter is in this plan, so that seccomp cannot hold.
        RuntimeException error = await RefusedAsync(Plans.Default() with { RequiredLayers = new HashSet<Layer> { Layer.Seccomp, Layer.UserNamespace } });
        Assert.Equal("layer-required", error.Code);
        Assert.Contains("layer seccomp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateAsync_LimitThisHostCannotHold_IsRefusedUnlessBestEffort()
    {
        SandboxPlan plan = Plans.Default();
        ulong hard = Vitrine.Linux.Processes.ResourceLimit.Hard(Vitrine.Linux.Processes.ResourceLimit.OpenFiles);
        bool raises = (Convert.ToUInt64(File.ReadLines("/proc/self/status").First(static l => l.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim(), 16) & (1 << 24)) != 0;
        if (raises || hard > int.MaxValue - 1)
            Assert.Skip("this process may raise its open files without bound, so that no such limit is unavailable here");
        plan = plan with { Limits = plan.Limits with { OpenFiles = (int)hard + 1 } };
        RuntimeException error = await RefusedAsync(plan);
        Assert.Equal("limit-unavailable", error.Code);
        Assert.Contains("open-files", error.Message, StringComparison.Ordinal);
        await using TestHost host = await TestHost.OpenAsync();
        await using IRuntimeSandbox started = await host.CreateAsync(plan with { Limits = plan.Limits with { BestEffort = new HashSet<string>(StringComparer.Ordinal) { "open-files" } } });
        Assert.NotEqual(0, started.GuestPid);
    }

    [Fact]
    public async Task CreateAsync_MissingImage_IsRefused() =>
        Assert.Equal("image-missing", (await RefusedAsync(Plans.Default() with { Image = new ImagePlan(ImageKind.Directory, "/nowhere/image") })).Code);

    [Fact]
    public async Task CreateAsync_RuntimeThatFails_GivesItsWords()
    {
        // A memory limit below what the first process needs: the runtime or the kernel refuses.
        SandboxPlan plan = Plans.Default();
        RuntimeException error = await RefusedAsync(plan with { Limits = plan.Limits with { MemoryBytes = 4096 } });
        Assert.Contains(error.Code, (string[])["runtime-failed", "guest-failed"], StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("ABCDEFGHIJKLMNOPQRST")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task CreateAsync_IdOfAnotherForm_IsRefused(string id)
    {
        await using TestHost host = await TestHost.OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => host.Runtime.CreateAsync(new RuntimeRequest(id, Plans.Default()), TestHost.Token));
    }

    [Fact]
    public async Task CreateAsync_AfterDispose_IsRefused()
    {
        OciRuntimeOptions options = TestHost.NewOptions();
        OciRuntime runtime = await OciRuntime.OpenAsync(options, TestHost.Token);
        await runtime.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => runtime.CreateAsync(new RuntimeRequest(TestHost.NewId(), Plans.Default()), TestHost.Token));
        Directory.Delete(options.StateDirectory, recursive: true);
    }

    private static async Task<RuntimeException> RefusedAsync(SandboxPlan plan)
    {
        await using TestHost host = await TestHost.OpenAsync();
        RuntimeException error = await Assert.ThrowsAsync<RuntimeException>(() => host.CreateAsync(plan));
        Assert.Equal("file", string.Join('\n', Residue.Of(host.Options).Select(static l => l.Split(' ')[0])));
        return error;
    }
}
