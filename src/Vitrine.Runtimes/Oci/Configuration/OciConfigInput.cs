using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Identity;

namespace Vitrine.Runtimes.Oci.Configuration;

/// <summary>All that <see cref="OciConfig"/> needs: the plan and what is true of this host and this sandbox.</summary>
internal sealed record OciConfigInput
{
    /// <summary>The plan.</summary>
    public required SandboxPlan Plan { get; init; }

    /// <summary>Which ids stand behind those inside.</summary>
    public required IdMap Ids { get; init; }

    /// <summary>Directory with `root`, `pts` and `shm`, as the runtime sees it.</summary>
    public required string Stage { get; init; }

    /// <summary>The device directory, mounted read-only, as the runtime sees it.</summary>
    public required string Devices { get; init; }

    /// <summary>Devices that are mounted one by one over files of that directory: name and place, as the runtime sees it. None where it holds them itself.</summary>
    public IReadOnlyList<(string Name, string Path)> BoundDevices { get; init; } = [];

    /// <summary>Control group below each hierarchy's root, with a slash at its start; null where the runtime is to make none.</summary>
    public required string? CgroupsPath { get; init; }

    /// <summary>Whether the runtime takes the outer filter as compiled BPF.</summary>
    public required bool CompiledFilter { get; init; }

    /// <summary>What this host can limit.</summary>
    public required HostLimits Host { get; init; }
}

/// <summary>What this host can limit.</summary>
/// <param name="Memory">Whether memory can be limited.</param>
/// <param name="Swap">Whether swap can be limited.</param>
/// <param name="Cpu">Whether CPU time can be limited.</param>
/// <param name="Pids">Whether processes can be limited.</param>
/// <param name="OpenFiles">Hard limit of open files that can be given.</param>
/// <param name="LowerScore">Whether the OOM score may be lowered (CAP_SYS_RESOURCE).</param>
internal sealed record HostLimits(bool Memory, bool Swap, bool Cpu, bool Pids, ulong OpenFiles, bool LowerScore);
