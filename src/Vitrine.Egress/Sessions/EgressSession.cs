using System.Collections.Concurrent;
using Vitrine.Egress.Dns;
using Vitrine.Egress.Inspect;
using Vitrine.Egress.Proxy;
using Vitrine.Egress.Secrets;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress;

/// <summary>
/// The way out of one sandbox: serves what its guest passes on, by the rules as they are now. Safe for use by several threads at once.
/// Disposing it closes everything.
/// </summary>
public sealed class EgressSession : IAsyncDisposable
{
    /// <summary>How long connections may take to end once told to.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Rounds of the watch between two tellings of counts: ten seconds.</summary>
    private const int FlushRounds = 10;

    private readonly EgressGateway _gateway;
    private readonly ConcurrentDictionary<OpenConnection, byte> _open = [];
    private readonly ConcurrentDictionary<string, RuleMeter> _meters = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _resolving;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionHandler _handler;
    private readonly IInspector? _inspector;
    private EgressPlan _plan;
    private int _connections;
    private int _handling = 1;
    private int _disposed;
    private int _rounds;

    internal EgressSession(EgressGateway gateway, EgressPlan plan, string sandboxId, IEgressLog log, IReadOnlyList<SecretValue> secrets)
    {
        _gateway = gateway;
        _plan = plan;
        SandboxId = sandboxId;
        Log = new SessionLog(log);
        _resolving = new SemaphoreSlim(gateway.Options.ResolvesAtOnce);
        _handler = new ConnectionHandler(this);
        Secrets = secrets;
        _inspector = gateway.Options.Inspector(this);
        Environment = InsideEnvironment.With(_inspector?.Environment);
        Files = _inspector?.Files ?? [];
    }

    /// <summary>Variables for every command inside.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Files to be laid inside before the first command.</summary>
    public IReadOnlyList<EgressFile> Files { get; }

    /// <summary>Connections being served now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    internal string SandboxId { get; }

    internal EgressPlan Plan => Volatile.Read(ref _plan);

    internal SessionLog Log { get; }

    /// <summary>What judges requests; null while no rule has any judged.</summary>
    internal IInspector? Inspector => Plan.Allow.Any(IsInspected) ? _inspector : null;

    internal InspectionHost Inspection => _gateway.Inspection;

    internal IReadOnlyList<SecretValue> Secrets { get; }

    /// <summary>The names asked for, and what stands for them inside.</summary>
    internal InsideNames Names { get; } = new();

    internal EgressGatewayOptions Options => _gateway.Options;

    internal TimeProvider Clock => _gateway.Options.Clock;

    internal MemoryBudget Memory => _gateway.Memory;

    /// <summary>Cancelled when the session ends.</summary>
    internal CancellationToken Ending => _ending.Token;

    /// <summary>Does the whole life of one connection and disposes it. Never throws.</summary>
    public async Task HandleAsync(IInsideConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        bool isAdmitted = TryEnter();
        try
        {
            if (isAdmitted)
                await ServeAsync(connection).ConfigureAwait(false);
            else
                connection.Refuse("the sandbox is ending");
        }
        catch (Exception)
        {
            // Whatever a connection comes to is that connection's alone; what matters of it has been told.
        }
        finally
        {
            await DisposeQuietlyAsync(connection).ConfigureAwait(false);
            if (isAdmitted)
                Leave();
        }
    }

    /// <summary>Answers a question for a name that came as one datagram. Never throws.</summary>
    /// <param name="query">The message; hostile.</param>
    /// <returns>The answer; empty where none is owed.</returns>
    public Task<byte[]> AnswerAsync(ReadOnlyMemory<byte> query) => _handler.AnswerAsync(query);

    /// <summary>Goes on by other rules. Open connections they do not allow are closed within two seconds, and told as `revoked`.</summary>
    public void Update(EgressPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Volatile.Write(ref _plan, plan);
        foreach (EgressRule rule in plan.Allow)
        {
            if (_meters.TryGetValue(rule.Id, out RuleMeter? meter))
                meter.Follow(rule);
        }

        _inspector?.Update(plan);
        foreach (OpenConnection open in _open.Keys)
            CloseIfRevoked(open);
    }

    /// <summary>What would happen to a connection or request, without doing anything.</summary>
    /// <param name="host">The name.</param>
    /// <param name="port">The port.</param>
    /// <param name="method">The request's method; null for a connection alone.</param>
    /// <param name="path">The request's path; null for `/`.</param>
    public EgressVerdict Explain(string host, int port, string? method = null, string? path = null)
    {
        EgressVerdict verdict = Judge(host, port);
        return verdict is { Allowed: true, Rule: { } rule } && method is not null && IsInspected(rule)
            ? EgressJudge.JudgeRequest(rule, method, path ?? "/")
            : verdict;
    }

    /// <summary>Closes all connections, and waits two seconds at most until they are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _gateway.Forget(this);
        foreach (OpenConnection open in _open.Keys)
            open.Close("sandbox-ended");
        await _ending.CancelAsync().ConfigureAwait(false);
        Leave();
        await Task.WhenAny(_idle.Task, Task.Delay(EndTimeout, CancellationToken.None)).ConfigureAwait(false);
        if (_inspector is not null)
            await _inspector.DisposeAsync().ConfigureAwait(false);
        await Quietly(Log.FlushAsync()).ConfigureAwait(false);
    }

    /// <summary>Whether requests under a rule are looked into.</summary>
    internal static bool IsInspected(EgressRule rule) => rule.Inspect || rule.Protocol == EgressProtocol.Http;

    /// <summary>What the rules say of a name and port now.</summary>
    internal EgressVerdict Judge(string name, int port) => EgressJudge.Judge(Plan, name, port);

    /// <summary>The counts of a rule.</summary>
    internal RuleMeter Meter(EgressRule rule) =>
        _meters.GetOrAdd(rule.Id, static (_, made) => new RuleMeter(made.rule, made.Clock), (rule, Clock));

    /// <summary>Resolves a name, judges what it resolves to, and connects to that.</summary>
    /// <exception cref="EgressRefusedException">No address may be dialled, or none answers.</exception>
    internal async Task<OutsideConnection> DialAsync(string name, ushort port, EgressRule rule, CancellationToken cancellationToken)
    {
        (Refusal? refusal, _) = await AdmitAsync(name, rule).ConfigureAwait(false);
        if (refusal is not null)
            throw new EgressRefusedException(refusal);
        return await _gateway.Outside.DialAsync(name, port, rule, Plan, _resolving, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Counts a name against the budgets, with an alarm when they are used up, and gives the address that stands for it
    /// inside.</summary>
    internal async ValueTask<(Refusal? Refusal, uint Address)> AdmitAsync(string name, EgressRule rule)
    {
        Refusal? refusal = Names.Admit(name, rule, Plan.NamesPerWildcard, out uint address);
        if (refusal is not null)
            await Log.AlarmAsync("wildcard-flood", rule.Host, 0, refusal.Message, rule.Id).ConfigureAwait(false);

        return (refusal, address);
    }

    /// <summary>Enters something open in the books, so that a change of the rules or the session's end can end it.</summary>
    internal OpenConnection Track(string name, ushort port, EgressRule rule, CancellationToken cancellationToken)
    {
        var open = new OpenConnection(this, name, port, rule, cancellationToken);
        _open.TryAdd(open, 0);
        // The rules may have changed between judging and entering.
        CloseIfRevoked(open);
        if (Volatile.Read(ref _disposed) != 0)
            open.Close("sandbox-ended");
        return open;
    }

    internal void Untrack(OpenConnection open) => _open.TryRemove(open, out _);

    /// <summary>Looks for idle connections, and tells counts from time to time.</summary>
    internal async Task WatchAsync()
    {
        foreach (OpenConnection open in _open.Keys)
            open.Watch(Options.IdleTimeout, Options.StallTimeout);
        if (++_rounds % FlushRounds == 0)
            await Quietly(Log.FlushAsync()).ConfigureAwait(false);
    }

    private static async Task DisposeQuietlyAsync(IInsideConnection connection) =>
        await Quietly(connection.DisposeAsync()).ConfigureAwait(false);

    private static async Task Quietly(ValueTask task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A log that fails, or a sandbox already gone: nothing here could be done about it.
        }
    }

    private void CloseIfRevoked(OpenConnection open)
    {
        EgressVerdict verdict = Judge(open.Name, open.Port);
        if (!verdict.Allowed || verdict.Rule!.Protocol != open.Rule.Protocol || IsInspected(verdict.Rule) != IsInspected(open.Rule)
            || (open.Rule.Internal && !verdict.Rule.Internal))
            open.Close("revoked");
    }

    private async Task ServeAsync(IInsideConnection connection)
    {
        if (Interlocked.Increment(ref _connections) > Plan.Connections)
        {
            Interlocked.Decrement(ref _connections);
            await RefuseAsync(connection, RefusalCodes.Connections, $"the sandbox has {Plan.Connections} connections open")
                .ConfigureAwait(false);
            return;
        }

        try
        {
            if (!Memory.TryTake(MemoryBudget.PassThrough))
            {
                await RefuseAsync(connection, RefusalCodes.GatewayFull, "the gateway serves as many connections as it has memory for")
                    .ConfigureAwait(false);
                return;
            }

            try
            {
                await _handler.ServeAsync(connection, Ending).ConfigureAwait(false);
            }
            finally
            {
                Memory.Return(MemoryBudget.PassThrough);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task RefuseAsync(IInsideConnection connection, string code, string message)
    {
        connection.Refuse(message);
        await Log.RefuseAsync(AddressText.Of(connection.Address), connection.Port, new Refusal(code, message)).ConfigureAwait(false);
    }

    private bool TryEnter()
    {
        int handling = Volatile.Read(ref _handling);
        while (handling > 0)
        {
            int seen = Interlocked.CompareExchange(ref _handling, handling + 1, handling);
            if (seen == handling)
                return true;
            handling = seen;
        }

        return false;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _handling) == 0)
            _idle.TrySetResult();
    }
}
