using Vitrine.Protocol.Hosting;

namespace Vitrine.Runtimes.Tests.Oci;

/// <summary>Nothing is left behind: in a row, many at once, given up half-way.</summary>
public sealed class ResidueTests
{
    /// <summary>`./test --full` sets 1,000.</summary>
    private static int InARow => int.TryParse(Environment.GetEnvironmentVariable("VITRINE_TEST_IN_A_ROW"), out int count) ? count : 40;

    [Fact]
    public async Task InARow_LeaveNothing()
    {
        TestHost host = await TestHost.OpenAsync();
        for (int i = 0; i < InARow; i++)
            Assert.Equal((0, "42\n"), await host.ShellAsync(Plans.Default(), "echo 42"));
        await AssertCleanAsync(host);
    }

    [Fact]
    public async Task FiftyAtOnce_LeaveNothing()
    {
        TestHost host = await TestHost.OpenAsync();
        IRuntimeSandbox[] sandboxes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => host.CreateAsync(Plans.Default())));
        GuestConnection[] guests = await Task.WhenAll(sandboxes.Select(TestHost.ConnectAsync));
        (int Exit, string Output)[] results = await Task.WhenAll(guests.Select(static g => TestHost.ShellAsync(g, Plans.Default(), "echo 42")));
        Assert.All(results, static r => Assert.Equal((0, "42\n"), r));

        // The control: while they live, the count sees them.
        Assert.Equal(50, Residue.Of(host.Options).Count(static l => l.StartsWith($"cgroup {Residue.PidsHierarchy}/", StringComparison.Ordinal)));
        string[] networks = [.. sandboxes.Select(static s => new FileInfo($"/proc/{s.GuestPid}/ns/net").LinkTarget!).Distinct(StringComparer.Ordinal)];
        Assert.Equal(50, networks.Length);
        Assert.True(Residue.NetworkNamespaces().IsSupersetOf(networks));
        Assert.Equal(50, sandboxes.Select(static s => s.Layers[0].Detail).Distinct(StringComparer.Ordinal).Count());
        foreach (GuestConnection guest in guests)
            await guest.DisposeAsync();
        await Task.WhenAll(sandboxes.Select(static s => s.DisposeAsync().AsTask()));
        Assert.False(Residue.NetworkNamespaces().Overlaps(networks));
        await AssertCleanAsync(host);
    }

    [Fact]
    public async Task GivenUpHalfWay_LeavesNothing()
    {
        TestHost host = await TestHost.OpenAsync();
        for (int i = 0; i < 30; i++)
        {
            using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(i));
            try
            {
                IRuntimeSandbox sandbox = await host.Runtime.CreateAsync(new RuntimeRequest(TestHost.NewId(), Plans.Default()), cancel.Token);
                await sandbox.DisposeAsync();
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }
        }

        await AssertCleanAsync(host);
    }

    private static async Task AssertCleanAsync(TestHost host)
    {
        // The owner's own mark is all that may be there while it lives; then not even that.
        Assert.Equal("file", string.Join('\n', Residue.Of(host.Options).Select(static l => l.Split(' ')[0])));
        await host.Runtime.DisposeAsync();

        // Neither the runtimes, which fork themselves into the background, nor the helpers stay as zombies of this process.
        Assert.Equal("", string.Join('\n', File.ReadAllText($"/proc/self/task/{Environment.ProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pid => File.ReadLines($"/proc/{pid}/status").First())));
        await Residue.GoneAsync(host.Options, TimeSpan.FromSeconds(5));
        Assert.False(Directory.Exists($"{Residue.PidsHierarchy}/{host.Options.CgroupName}"));
        Directory.Delete(host.Options.StateDirectory, recursive: true);
    }
}
