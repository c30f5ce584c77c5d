using Vitrine.Conformance.Tests.Probing;
using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Isolation;

/// <summary>Probe 38: a working directory that leads to a leaked descriptor of runtime or guest (CVE-2024-21626).</summary>
public abstract class WorkingDirectoryTests<TEngine>(TEngine engine, HostCanary canary) : IClassFixture<TEngine>
    where TEngine : EngineFixture
{
    // Reads the canary from wherever the working directory is, by climbing as far as there is.
    private const string Climb = "import sys; print(open('../' * 40 + sys.argv[1].lstrip('/')).read())";

    [Fact]
    public async Task StartAsync_InADirectoryByDescriptor_NeverReachesTheHost()
    {
        await using Sandbox sandbox = await (await engine.OpenAsync()).CreateAsync(Plans.Of(), TestContext.Current.CancellationToken);
        string[] links = [.. Enumerable.Range(0, 64).Select(n => $"/proc/self/fd/{n}"), "/proc/1/cwd", "/proc/1/root", "/proc/self/root", "/proc/thread-self/cwd"];
        int refused = 0;
        foreach (string link in links)
        {
            try
            {
                InsideResult result = await sandbox.RunAsync(new CommandSpec
                {
                    Arguments = ["/usr/bin/python3", "-I", "-c", Climb, canary.CanaryFile],
                    WorkingDirectory = link,
                });
                Assert.NotEqual(0, result.Outcome.ExitCode);
                Assert.Contains("Error", result.Error, StringComparison.Ordinal);
            }
            catch (EngineException e) when (e.Code is "command-not-found" or "command-not-executable" or "command-failed" or "bad-argument")
            {
                refused++;
            }
        }

        Assert.True(refused >= 60, $"only {refused} of {links.Length} were refused");
        Assert.Equal("alive\n", await sandbox.OutputOfAsync("/bin/echo", "alive"));
    }

    [Fact]
    public async Task Control_OnTheHost_ADirectoryByDescriptorReachesTheCanary()
    {
        HostResult result = await HostCommand.RunAsync(
            ["/bin/sh", "-c", "exec 9</ && cd /proc/self/fd/9 && exec /usr/bin/python3 -I -c \"$1\" \"$2\"", "control", Climb, canary.CanaryFile]);
        Assert.Equal(await File.ReadAllTextAsync(canary.CanaryFile, TestContext.Current.CancellationToken), result.Output.Trim());
    }
}

public sealed class CrunWorkingDirectoryTests(CrunEngine engine, HostCanary canary) : WorkingDirectoryTests<CrunEngine>(engine, canary), IClassFixture<HostCanary>;

public sealed class RuncWorkingDirectoryTests(RuncEngine engine, HostCanary canary) : WorkingDirectoryTests<RuncEngine>(engine, canary), IClassFixture<HostCanary>;
