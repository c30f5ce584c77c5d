using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes;

namespace Vitrine.Conformance.Tests.Residue;

/// <summary>Many sandboxes, one after another and at once, leave nothing: counted before and after, from outside.</summary>
public abstract class ResidueTests(string runtime, ITestOutputHelper output)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Sandboxes_InARow_LeaveNothing()
    {
        int count = TestMode.Count(normal: 60, full: 1_000);
        using var space = new TestSpace();
        var residue = new HostResidue(space);
        int? networksBefore = HostResidue.NetworkNamespaces();
        await using (SandboxEngine engine = await OpenAsync(space))
        {
            // What the first ones set up once (pools, buffers) is no residue.
            for (int i = 0; i < 5; i++)
                await OneAsync(engine, i);
            int descriptors = HostResidue.Descriptors();
            int namespaces = HostResidue.NamespaceDescriptors();
            for (int i = 0; i < count; i++)
                await OneAsync(engine, i);
            Assert.InRange(HostResidue.Descriptors(), 0, descriptors + 8);
            Assert.InRange(HostResidue.NamespaceDescriptors(), 0, namespaces);
            Assert.Empty(ControlGroups.Processes(space.Name));
        }

        Assert.Empty(await Eventually.NothingAsync(() => residue.Find(withParentGroup: true), Settling));
        if (networksBefore is { } before)
        {
            // Others use the machine too: the slack is far below one for each sandbox.
            Assert.True(
                await Eventually.TrueAsync(() => HostResidue.NetworkNamespaces() <= before + (count / 2), Settling),
                $"{before} network namespaces before, {HostResidue.NetworkNamespaces()} after {count} sandboxes");
        }

        output.WriteLine($"{count} sandboxes; network namespaces {networksBefore} before, {HostResidue.NetworkNamespaces()} after");
    }

    [Fact]
    public async Task Sandboxes_FiftyAtOnce_LeaveNothing()
    {
        using var space = new TestSpace();
        var residue = new HostResidue(space);
        await using (SandboxEngine engine = await OpenAsync(space))
        {
            Sandbox[] all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => engine.CreateAsync(Plans.Of(), TestContext.Current.CancellationToken)));

            // The control of the counter: while they live, it finds them.
            Assert.True(ControlGroups.Processes(space.Name).Count >= 50, "the counter does not see living sandboxes");
            Assert.NotEmpty(residue.Find(withParentGroup: true));

            string[] answers = await Task.WhenAll(all.Select((s, i) => s.OutputOfAsync("/bin/sh", "-c", $"echo {i} > /workspace/mine; sleep 0.2; cat /workspace/mine")));
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}\n"), answers);
            await Task.WhenAll(all.Select(s => s.DisposeAsync().AsTask()));
        }

        Assert.Empty(await Eventually.NothingAsync(() => residue.Find(withParentGroup: true), Settling));
    }

    [Fact]
    public async Task Engine_DisposedOverLivingSandboxes_LeavesNothing()
    {
        using var space = new TestSpace();
        var residue = new HostResidue(space);
        await using (SandboxEngine engine = await OpenAsync(space))
        {
            for (int i = 0; i < 8; i++)
            {
                Sandbox sandbox = await engine.CreateAsync(Plans.Of(), TestContext.Current.CancellationToken);
                _ = await sandbox.StartAsync(new CommandSpec { Arguments = ["/bin/sh", "-c", "setsid sleep 600 & sleep 600"] }, TestContext.Current.CancellationToken);
                if (i % 3 == 0)
                    await sandbox.FreezeAsync(TestContext.Current.CancellationToken);
            }
        }

        Assert.Empty(await Eventually.NothingAsync(() => residue.Find(withParentGroup: true), Settling));
    }

    private static async Task OneAsync(SandboxEngine engine, int number)
    {
        await using Sandbox sandbox = await engine.CreateAsync(Plans.Of(), TestContext.Current.CancellationToken);

        // Checked on a guest that runs, not on the runtime's child on its way to it: the filter is the last thing such a child loads.
        Assert.Equal(LayerStatus.Enforced, sandbox.Enforcement.Layers.Single(static l => l.Layer == Layer.Seccomp).Status);
        Assert.Equal($"{number}\n", await sandbox.OutputOfAsync("/bin/sh", "-c", $"echo x > /dev/shm/x; setsid sleep 600 >/dev/null 2>&1 & echo {number}"));
    }

    private async Task<SandboxEngine> OpenAsync(TestSpace space)
    {
        string? path = HostPrograms.Find(runtime);
        Assert.SkipUnless(path is not null, $"SKIPPED: {runtime} is not installed; `apt install {runtime}`.");
        return await SandboxEngine.OpenAsync(EngineFixture.OptionsFor(space, path, "residue"), TestContext.Current.CancellationToken);
    }
}

public sealed class CrunResidueTests(ITestOutputHelper output) : ResidueTests("crun", output);

public sealed class RuncResidueTests(ITestOutputHelper output) : ResidueTests("runc", output);
