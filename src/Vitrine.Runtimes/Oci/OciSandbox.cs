using System.Globalization;
using System.Net.Sockets;
using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Processes;

namespace Vitrine.Runtimes.Oci;

/// <summary>A live sandbox of <see cref="OciRuntime"/>.</summary>
internal sealed class OciSandbox : IRuntimeSandbox
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ProcessDescriptor _guest;
    private readonly ControlGroup _cgroup;
    private readonly Action<OciSandbox> _removed;
    private readonly SemaphoreSlim _removing = new(1);
    private bool _gone;

    /// <summary>Takes over a guest that runs.</summary>
    /// <param name="id">Id of the sandbox.</param>
    /// <param name="wire">The host's end of the wire.</param>
    /// <param name="guest">The guest.</param>
    /// <param name="cgroup">The sandbox's control group.</param>
    /// <param name="layers">What was checked.</param>
    /// <param name="removed">Called once, when nothing of it is left.</param>
    public OciSandbox(string id, NetworkStream wire, ProcessDescriptor guest, ControlGroup cgroup, IReadOnlyList<LayerReport> layers, Action<OciSandbox> removed)
    {
        (Id, Wire, _guest, _cgroup, Layers, _removed) = (id, wire, guest, cgroup, layers, removed);
        Exited = WatchAsync();
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public Stream Wire { get; }

    /// <inheritdoc/>
    public int GuestPid => _guest.Pid;

    /// <inheritdoc/>
    public IReadOnlyList<LayerReport> Layers { get; }

    /// <inheritdoc/>
    public Task Exited { get; }

    /// <inheritdoc/>
    public SandboxUsage ReadUsage()
    {
        string? memory = _cgroup.DirectoryOf("memory"), pids = _cgroup.DirectoryOf("pids");
        bool unified = _cgroup.IsUnified("memory");
        return new SandboxUsage
        {
            Cpu = ReadCpu(),
            MemoryBytes = Number(ControlGroup.Read(memory, unified ? "memory.current" : "memory.usage_in_bytes")) ?? 0,
            PeakMemoryBytes = Number(ControlGroup.Read(memory, unified ? "memory.peak" : "memory.max_usage_in_bytes")),
            Pids = (int)(Number(ControlGroup.Read(pids, "pids.current")) ?? 0),
            OomKills = ControlGroup.ReadKey(memory, unified ? "memory.events" : "memory.oom_control", "oom_kill") ?? 0,
            RefusedForks = ControlGroup.ReadKey(pids, "pids.events", "max") ?? 0,
        };
    }

    /// <inheritdoc/>
    public Task FreezeAsync(CancellationToken cancellationToken) => SetFrozenAsync(true, cancellationToken);

    /// <inheritdoc/>
    public Task ThawAsync(CancellationToken cancellationToken) => SetFrozenAsync(false, cancellationToken);

    /// <inheritdoc/>
    public async Task KillAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!_cgroup.Kill())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new RuntimeException("unkillable",
                    $"Processes of the sandbox {Id} do not die ({string.Join(", ", _cgroup.Processes())}): they hang in the kernel. Look at /proc/PID/stack; only a reboot ends them.");
            }

            await Task.WhenAny(Exited, Task.Delay(Pause)).ConfigureAwait(false);
        }

        if (!Exited.IsCompleted)
            _guest.Signal(Signals.SIGKILL); // On no control group, or still on its way out.
        await Exited.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _removing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_gone)
                return;
            await KillAsync().ConfigureAwait(false);
            await RemoveGroupAsync(_cgroup, Id).ConfigureAwait(false);
            await Wire.DisposeAsync().ConfigureAwait(false);
            _guest.Dispose();
            _gone = true;
            _removed(this);
        }
        finally
        {
            _removing.Release();
        }
    }

    /// <summary>Removes a group in which everything is dead or dying.</summary>
    /// <exception cref="RuntimeException">`residue-stuck`.</exception>
    internal static async Task RemoveGroupAsync(ControlGroup cgroup, string id)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!cgroup.Remove())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                throw new RuntimeException("residue-stuck", $"The control group {cgroup.Path} of the sandbox {id} cannot be removed: {cgroup.Processes().Count} processes are still in it.");
            await Task.Delay(Pause).ConfigureAwait(false);
        }
    }

    private async Task SetFrozenAsync(bool frozen, CancellationToken cancellationToken)
    {
        if (!_cgroup.RequestFrozen(frozen))
        {
            throw new RuntimeException("freeze-unavailable",
                $"The sandbox {Id} cannot be paused: neither cgroup version 2 nor the version 1 freezer is there for it. Mount one: mount -t cgroup2 none /sys/fs/cgroup/unified");
        }

        while (_cgroup.IsFrozen != frozen && !Exited.IsCompleted)
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan ReadCpu()
    {
        if (Number(ControlGroup.Read(_cgroup.DirectoryOf("cpuacct"), "cpuacct.usage")) is { } nanoseconds)
            return TimeSpan.FromTicks(nanoseconds / 100);
        return TimeSpan.FromMicroseconds(ControlGroup.ReadKey(_cgroup.UnifiedDirectory, "cpu.stat", "usage_usec") ?? 0);
    }

    private async Task WatchAsync()
    {
        await _guest.WaitAsync().ConfigureAwait(false);
        _guest.Reap();
    }

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
}
