using Vitrine.Policy.Plans;

namespace Vitrine.Runtimes.Oci.Configuration;

/// <summary>All that <see cref="OciConfig"/> needs: the plan and what is true of this host and this sandbox.</summary>
internal sealed record OciConfigInput
{
    /// <summary>The plan.</summary>
    public required SandboxPlan Plan { get; init; }

    /// <summary>Host id of id 0 inside.</summary>
    public required uint FirstHostId { get; init; }

    /// <summary>Directory with `root`, `pts` and `shm`, as the runtime sees it.</summary>
    public required string Stage { get; init; }

    /// <summary>The device directory, mounted read-only, as the runtime sees it.</summary>
    public required string Devices { get; init; }

    /// <summary>Control group below each hierarchy's root, with a slash at its start.</summary>
    public required string CgroupsPath { get; init; }

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
