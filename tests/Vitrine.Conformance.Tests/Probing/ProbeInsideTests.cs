using Vitrine.Conformance.Tests.Support;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;

namespace Vitrine.Conformance.Tests.Probing;

/// <summary>Every attempt of every probe inside a sandbox of the default policy, as its user and as root inside: each is held, and the canary saw nobody.</summary>
public abstract class ProbeInsideTests<TEngine>(TEngine engine, HostCanary canary) : IClassFixture<TEngine>
    where TEngine : EngineFixture
{
    /// <summary>Probes that send packets run by the command line in a network namespace of the test's own (NetworkProbeTests).</summary>
    public static TheoryData<string, string> Scripts
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string fileName in ProbeScript.FileNames.Where(f => !ProbeScript.Load(f).Header.ContainsKey("network")))
            {
                data.Add(fileName, "user");
                data.Add(fileName, "root");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Attempts_Inside_AreAllHeld(string fileName, string user)
    {
        TestMode.RequireRoot();
        SandboxEngine opened = await engine.OpenAsync();
        ProbeScript script = ProbeScript.Load(fileName);
        _ = canary.TakeVisits();
        await using Sandbox sandbox = await opened.CreateAsync(Plans.Of($"user: {user}"), TestContext.Current.CancellationToken);
        InsideResult result = await sandbox.RunAsync(new CommandSpec { Arguments = script.Command, Environment = canary.ProbeEnvironment() });
        ProbeReport report = ProbeReport.Parse(result.Output, result.ToString());
        Assert.NotEmpty(report.Lines);
        ProbeLine[] failures = [.. report.Lines.Where(l => l.Verdict != ProbeVerdict.Held)];
        Assert.True(failures.Length == 0, $"{failures.Length} of {report.Lines.Count}:\n{string.Join('\n', failures.Select(l => l.ToString()))}");
        Assert.Equal(0, canary.TakeVisits());

        // The guest is alive and answers: an attempt that hurt it without falling would show here.
        Assert.Equal("alive\n", await sandbox.OutputOfAsync("/bin/echo", "alive"));
    }
}

public sealed class CrunProbeTests(CrunEngine engine, HostCanary canary) : ProbeInsideTests<CrunEngine>(engine, canary), IClassFixture<HostCanary>;

public sealed class RuncProbeTests(RuncEngine engine, HostCanary canary) : ProbeInsideTests<RuncEngine>(engine, canary), IClassFixture<HostCanary>;
