using System.Collections.Concurrent;
using Vitrine.Egress.Inspect;
using Vitrine.Egress.Proxy;
using Vitrine.Egress.Secrets;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress;

/// <summary>
/// The only way out of the sandboxes of one engine: what their sessions share. Safe for use by several threads at once.
/// </summary>
public sealed class EgressGateway : IAsyncDisposable
{
    /// <summary>How often connections are looked at for being idle.</summary>
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<EgressSession, byte> _sessions = [];
    private readonly ITimer _watch;
    private int _watching;

    /// <summary>Makes a gateway; nothing is opened before a connection comes.</summary>
    /// <param name="options">Times and sizes; null for the defaults.</param>
    public EgressGateway(EgressGatewayOptions? options = null)
    {
        Options = options ?? new EgressGatewayOptions();
        Options.Validate();
        Memory = new MemoryBudget(Options.MemoryLimit);
        Outside = new Outside(Options);
        Inspection = new InspectionHost(Options);
        _watch = Options.Clock.CreateTimer(_ => _ = WatchAsync(), null, WatchInterval, WatchInterval);
    }

    /// <summary>Bytes that open connections may hold together; at most <see cref="EgressGatewayOptions.MemoryLimit"/>.</summary>
    public long MemoryReserved => Memory.Used;

    internal EgressGatewayOptions Options { get; }

    internal MemoryBudget Memory { get; }

    internal Outside Outside { get; }

    internal InspectionHost Inspection { get; }

    /// <summary>Opens the way out of one sandbox; dispose the session when the sandbox ends.</summary>
    /// <param name="plan">Its rules.</param>
    /// <param name="sandboxId">The sandbox, for messages.</param>
    /// <param name="log">Where it tells what happens.</param>
    /// <param name="secrets">The plan's secrets, read by <see cref="SecretReader"/>; null for none.</param>
    /// <exception cref="EgressException">A file of the plan's authorities cannot be read.</exception>
    public EgressSession OpenSession(EgressPlan plan, string sandboxId, IEgressLog log, IReadOnlyList<SecretValue>? secrets = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentException.ThrowIfNullOrEmpty(sandboxId);
        ArgumentNullException.ThrowIfNull(log);
        var session = new EgressSession(this, plan, sandboxId, log, secrets ?? []);
        _sessions.TryAdd(session, 0);
        return session;
    }

    /// <summary>Ends all sessions.</summary>
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_sessions.Keys.Select(session => session.DisposeAsync().AsTask())).ConfigureAwait(false);
        await Inspection.DisposeAsync().ConfigureAwait(false);
    }

    internal void Forget(EgressSession session) => _sessions.TryRemove(session, out _);

    private async Task WatchAsync()
    {
        // A log that is slow must not make the rounds pile up.
        if (Interlocked.Exchange(ref _watching, 1) != 0)
            return;
        try
        {
            foreach (EgressSession session in _sessions.Keys)
                await session.WatchAsync().ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _watching, 0);
        }
    }
}
