namespace Vitrine.Runtimes;

/// <summary>A sandbox as its runtime sees it. Disposing it kills everything inside and removes every trace.</summary>
public interface IRuntimeSandbox : IAsyncDisposable
{
    /// <summary>The sandbox's id.</summary>
    string Id { get; }

    /// <summary>The one duplex byte stream to the guest. Every byte of it is hostile.</summary>
    Stream Wire { get; }

    /// <summary>Process id of the guest on the host.</summary>
    int GuestPid { get; }

    /// <summary>What each layer does here, as checked from the host; the guest's own part is added by who speaks to it.</summary>
    IReadOnlyList<LayerReport> Layers { get; }

    /// <summary>Ends when the guest is gone, for whatever reason.</summary>
    Task Exited { get; }

    /// <summary>Reads what the kernel counted. Cheap: a few small files.</summary>
    SandboxUsage ReadUsage();

    /// <summary>Stops all processes inside where they are.</summary>
    Task FreezeAsync(CancellationToken cancellationToken);

    /// <summary>Lets them go on.</summary>
    Task ThawAsync(CancellationToken cancellationToken);

    /// <summary>Kills everything inside, frozen or not, and waits until it is gone.</summary>
    Task KillAsync();
}

/// <summary>What the kernel counted for one sandbox.</summary>
public sealed record SandboxUsage
{
    /// <summary>CPU time used.</summary>
    public TimeSpan Cpu { get; init; }

    /// <summary>Bytes of memory now.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Most bytes of memory so far; null where the kernel does not count it.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Processes and threads now.</summary>
    public int Pids { get; init; }

    /// <summary>Processes the kernel killed because memory was full.</summary>
    public long OomKills { get; init; }

    /// <summary>Forks the kernel refused because the process limit was reached.</summary>
    public long RefusedForks { get; init; }
}
