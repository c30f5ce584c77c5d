using System.Globalization;
using Vitrine.Engine;
using Vitrine.Policy;
using Vitrine.Policy.Plans;

namespace Vitrine.Bench;

/// <summary>
/// A place of this run's own for state, audit and control groups, and the plan everything is made from: the empty policy on the image
/// `host`.
/// </summary>
internal sealed class Workshop : IDisposable
{
    // bench/run mounts a memory file system here, which /run is on most hosts and not on all.
    private const string MemoryDirectory = "/mnt";

    // The audit trail is synchronized to a disk, as it is in earnest.
    private static string DiskDirectory => "/var/tmp/" + ControlGroup;

    private Workshop(string directory, SandboxPlan plan) => (Directory, Plan) = (directory, plan);

    /// <summary>Directory that all state is below.</summary>
    public string Directory { get; }

    /// <summary>The plan.</summary>
    public SandboxPlan Plan { get; }

    /// <summary>Name of the control group that everything is made in.</summary>
    public static string ControlGroup { get; } = "vitrine-bench-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes the place and the plan.</summary>
    /// <exception cref="InvalidOperationException">The empty policy cannot be planned here; the message says why.</exception>
    public static Workshop Open()
    {
        var directory = System.IO.Directory.CreateDirectory(Path.Combine(MemoryDirectory, ControlGroup)).FullName;
        var read = PolicyReader.Read("", "empty policy");
        var planned = SandboxPlanner.Plan(read.Policy!, new PlanRequest { Authority = RequestAuthority.Operator, IsInteractive = true },
            new LinuxHostFacts(), TimeProvider.System);
        return planned.Plan is { } plan
            ? new(directory, plan)
            : throw new InvalidOperationException("the empty policy cannot be planned here: " + string.Join("; ",
                planned.Problems.Select(problem => problem.Message)));
    }

    /// <summary>Options of an engine of this run's own.</summary>
    /// <param name="name">Its name, for the audit chain and directories.</param>
    /// <param name="preparedHelpers">Helpers kept prepared in each sandbox.</param>
    /// <param name="runtime">The runtime; null for crun.</param>
    public EngineOptions Options(string name, byte preparedHelpers, string? runtime = null) => EngineOptions.FromEnvironment("bench-" + name) with
    {
        StateDirectory = Path.Combine(Directory, name),
        DataDirectory = Path.Combine(DiskDirectory, name),
        CgroupName = ControlGroup,
        RuntimePath = runtime ?? BareRuntime.Crun,
        PreparedHelpers = preparedHelpers,
    };

    /// <summary>
    /// Removes what is on disk, and the control groups that crun leaves behind; the memory file system goes with its namespace.
    /// </summary>
    public void Dispose()
    {
        if (System.IO.Directory.Exists(DiskDirectory))
            System.IO.Directory.Delete(DiskDirectory, recursive: true);
        foreach (var hierarchy in System.IO.Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
        {
            var group = Path.Combine(hierarchy, ControlGroup);
            if (System.IO.Directory.Exists(group))
                System.IO.Directory.Delete(group);
        }
    }
}
