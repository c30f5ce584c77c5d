using System.Globalization;
using Vitrine.Policy;
using Vitrine.Policy.Model;
using Vitrine.Policy.Plans;

namespace Vitrine.Engine.Tests;

/// <summary>A real engine with directories and a cgroup of its own, all gone afterwards. Needs root, an OCI runtime and the published guest.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private static int s_count;
    private readonly string _name = string.Create(
        CultureInfo.InvariantCulture, $"vitrine-test-engine-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
    private SandboxEngine? _engine;

    public string Directory => "/run/" + _name;

    public SandboxEngine Engine => _engine ?? throw new InvalidOperationException("the fixture is not open");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: sandboxes are made as root here");
        EngineOptions options = EngineOptions.FromEnvironment("test") with
        {
            StateDirectory = Path.Combine(Directory, "state"),
            DataDirectory = Path.Combine(Directory, "data"),
            CgroupName = _name,
        };
        _engine = await SandboxEngine.OpenAsync(options, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        if (System.IO.Directory.Exists(Directory))
            System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>The default policy's plan, changed as asked.</summary>
    public static SandboxPlan Plan(PolicyDocument? policy = null, PlanRequest? request = null)
    {
        PlanResult result = SandboxPlanner.Plan(
            policy ?? new PolicyDocument(),
            (request ?? new PlanRequest()) with { Authority = RequestAuthority.Operator, BaseDirectory = "/" },
            new LinuxHostFacts(),
            TimeProvider.System);
        return result.Plan ?? throw new InvalidOperationException(string.Join('\n', result.Problems));
    }

    /// <summary>A plan whose commands are root inside.</summary>
    public static SandboxPlan RootPlan() => Plan(new PolicyDocument { User = new UserSettings { Name = "root", Uid = 0, Gid = 0 } });
}
