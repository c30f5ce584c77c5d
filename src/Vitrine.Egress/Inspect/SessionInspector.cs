using System.Collections.Concurrent;
using Vitrine.Egress.Secrets;
using Vitrine.Egress.Tls;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Inspect;

/// <summary>
/// What one sandbox needs for its requests to be judged: its authority, its secrets, and the client that makes its requests anew.
/// </summary>
internal sealed class SessionInspector : IInspector
{
    /// <summary>Most requests of one sandbox in flight at once; more are answered 503.</summary>
    internal const int MaxRequests = 512;

    private readonly ConcurrentDictionary<Exchange, byte> _exchanges = [];
    private readonly InspectionHost _host;
    private readonly RootFile _authorities;
    private readonly Lock _gate = new();
    private SandboxAuthority? _authority;
    private SecretSet _secrets;
    private UpstreamClient? _upstream;
    private bool _disposed;

    /// <param name="session">The session; its plan and secrets are read. Nothing is opened before the first connection.</param>
    /// <exception cref="EgressException">A file of authorities cannot be read.</exception>
    public SessionInspector(EgressSession session)
    {
        Session = session;
        _host = session.Inspection;
        _secrets = new SecretSet(session.Secrets);
        var authorities = RootFile.Of([.. session.Plan.Authorities.SelectMany(path => RootFile.Read(path).Certificates)]);
        _authorities = authorities;
        if (session.Plan.Allow.Any(EndsTls))
            _authority = new SandboxAuthority(session.SandboxId, session.Clock);
        Files = TrustFiles.Files(authorities, _authority);
        var variables = new Dictionary<string, string>(TrustFiles.Variables(authorities, _authority), StringComparer.Ordinal);
        foreach ((string name, string placeholder) in _secrets.Variables)
            variables[name] = placeholder;
        Environment = variables;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <inheritdoc/>
    public IReadOnlyList<EgressFile> Files { get; }

    /// <summary>Whose it is.</summary>
    public EgressSession Session { get; }

    /// <summary>Its secrets, for the rules as they are now.</summary>
    public SecretSet Secrets => Volatile.Read(ref _secrets);

    /// <summary>Makes requests anew. After a change of the rules a new one, whose connections were dialled by the new rules.</summary>
    public UpstreamClient Upstream
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _upstream ??= new UpstreamClient(Session, new UpstreamTrust(_authorities));
            }
        }
    }

    /// <summary>The sandbox's authority. Where the rules it began with ended no TLS it is made now, and nothing inside trusts it.</summary>
    public SandboxAuthority Authority
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _authority ??= new SandboxAuthority(Session.SandboxId, Session.Clock);
            }
        }
    }

    /// <inheritdoc/>
    public async Task RunAsync(InspectedConnection connection, CancellationToken cancellationToken)
    {
        ITerminator terminator = await _host.GetAsync().ConfigureAwait(false);
        await terminator.ServeAsync(connection, this, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Update(EgressPlan plan)
    {
        UpstreamClient? old;
        lock (_gate)
        {
            if (_disposed)
                return;
            Volatile.Write(ref _secrets, _secrets.With(plan.Secrets));
            old = _upstream;
            _upstream = null;
        }

        // Those in flight keep theirs until they end; what waited in its pool closes.
        old?.Dispose();
        foreach (Exchange exchange in _exchanges.Keys)
            exchange.CloseIfRevoked();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            _upstream?.Dispose();
            _authority?.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Enters a request; false when there are too many.</summary>
    internal bool TryEnter(Exchange exchange)
    {
        if (_exchanges.Count >= MaxRequests)
            return false;
        _exchanges.TryAdd(exchange, 0);
        exchange.CloseIfRevoked();
        return true;
    }

    internal void Leave(Exchange exchange) => _exchanges.TryRemove(exchange, out _);

    private static bool EndsTls(EgressRule rule) => rule.Inspect && rule.Protocol == EgressProtocol.Tls;
}
