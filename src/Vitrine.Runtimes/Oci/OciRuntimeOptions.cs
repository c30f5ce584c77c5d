namespace Vitrine.Runtimes.Oci;

/// <summary>Where the OCI runtime finds its parts and keeps its marks.</summary>
public sealed record OciRuntimeOptions
{
    /// <summary>Path or name of an OCI runtime that speaks as `crun` or `runc` do; null for the first `crun`, else the first `runc` of PATH and the usual directories.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>Path of the static `vitrine-guest` binary.</summary>
    public required string GuestPath { get; init; }

    /// <summary>Directory for locks, made if missing: `/run/vitrine` as root.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Name of the control group below each hierarchy's root that holds the sandboxes' own. Default `vitrine`.</summary>
    public string CgroupName { get; init; } = "vitrine";

    /// <summary>Threads that build sandboxes at once, 1 to 16. Default 1.</summary>
    public int Workers { get; init; } = 1;
}
