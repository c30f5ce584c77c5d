namespace Vitrine.Engine.Sessions;

/// <summary>Where a sandbox is in its life.</summary>
public enum SandboxState
{
    /// <summary>It works.</summary>
    Running,

    /// <summary>All its processes are stopped.</summary>
    Paused,

    /// <summary>It is being destroyed.</summary>
    Stopping,

    /// <summary>Nothing of it is left.</summary>
    Gone,
}

/// <summary>How a sandbox ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Message">One sentence.</param>
public sealed record SandboxEnd(EndReason Reason, string Message);

/// <summary>What each layer of the boundary does for one sandbox.</summary>
/// <param name="Layers">One report a layer.</param>
public sealed record EnforcementReport(IReadOnlyList<Vitrine.Runtimes.LayerReport> Layers);
