using Vitrine.Runtimes.Oci.Checking;
using Vitrine.Runtimes.Oci.Identity;
using Vitrine.Runtimes.Oci.Ownership;
using Vitrine.Runtimes.Oci.Staging;

namespace Vitrine.Runtimes.Oci;

/// <summary>
/// Sandboxes by `crun` or `runc`: the embedded default. Every mount is built here before the runtime is asked, in a mount namespace that only this
/// process has; the runtime makes namespaces, control groups and the first process, and ends. A keeper ends all sandboxes when this process dies.
/// </summary>
public sealed class OciRuntime : IRuntime
{
    private readonly Dictionary<int, OciSandbox> _sandboxes = [];
    private readonly Lock _gate = new();
    private readonly OciParts _parts;
    private int _nextWorker;
    private bool _closed;

    private OciRuntime(OciParts parts) => _parts = parts;

    /// <inheritdoc/>
    public string Name => _parts.Binary.Name;

    /// <summary>The runtime's version, as it says itself.</summary>
    public string Version => _parts.Binary.Version;

    /// <summary>Process id of the keeper; it changes when a keeper that died alone is replaced.</summary>
    public int KeeperPid => _parts.Keeper.Pid;

    /// <summary>Finds the runtime, checks what it can, and starts what makes sandboxes and what cleans up after this process.</summary>
    /// <remarks>
    /// This process becomes the parent of its orphaned descendants (PR_SET_CHILD_SUBREAPER): a guest's id stays valid until it is reaped here, and
    /// nothing depends on what the host's first process does about zombies.
    /// </remarks>
    /// <exception cref="RuntimeException">`runtime-missing`, `runtime-unusable`, `guest-missing`, `cgroup-hybrid`, `not-permitted`, `state-directory`.</exception>
    public static async Task<OciRuntime> OpenAsync(OciRuntimeOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new OciRuntime(await OciParts.OpenAsync(options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Destroys what owners that are gone left behind. Owners that live are not touched.</summary>
    /// <returns>A sentence for each thing found.</returns>
    /// <exception cref="RuntimeException">`residue-stuck`.</exception>
    public static Task<IReadOnlyList<string>> ReconcileAsync(OciRuntimeOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Reconciler.RunAsync(options, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IRuntimeSandbox> CreateAsync(RuntimeRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_closed, this);
        if (request.Id.Length is < 16 or > 32 || !request.Id.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            throw new ArgumentException("an id has 16 to 32 characters of a-z and 0-9", nameof(request));
        HostLimitsReader.Require(request.Plan.Limits, _parts.Limits);
        HostIdRange range = _parts.Ranges.Take();
        StageWorker worker = _parts.Workers[(Interlocked.Increment(ref _nextWorker) & int.MaxValue) % _parts.Workers.Count];
        var start = new SandboxStart(_parts, worker, range, request);
        try
        {
            OciSandbox sandbox = await start.RunAsync(Removed, cancellationToken).ConfigureAwait(false);
            lock (_gate)
                _sandboxes.Add(sandbox.GuestPid, sandbox);
            ReapOrphans();
            return sandbox;
        }
        catch
        {
            await start.UndoAsync().ConfigureAwait(false);
            _parts.Ranges.Return(range);
            ReapOrphans();
            throw;
        }

        void Removed(OciSandbox sandbox)
        {
            lock (_gate)
                _sandboxes.Remove(sandbox.GuestPid);
            _parts.Ranges.Return(range);
            ReapOrphans();
        }
    }

    /// <summary>Ends every sandbox that is left, and then the keeper.</summary>
    public async ValueTask DisposeAsync()
    {
        OciSandbox[] left;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            left = [.. _sandboxes.Values];
        }

        foreach (OciSandbox sandbox in left)
            await sandbox.DisposeAsync().ConfigureAwait(false);
        await _parts.DisposeAsync().ConfigureAwait(false);
        ReapOrphans();
    }

    /// <summary>A guest that is being created is in nobody's list yet: only those that are dead and unknown are taken, and it is alive.</summary>
    private void ReapOrphans() => Orphans.Reap(_parts.CgroupName, pid =>
    {
        lock (_gate)
            return _sandboxes.ContainsKey(pid);
    });
}
