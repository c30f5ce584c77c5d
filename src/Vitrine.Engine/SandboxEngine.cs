using System.Security.Cryptography;
using Vitrine.Audit;
using Vitrine.Egress;
using Vitrine.Engine.Auditing;
using Vitrine.Engine.Egress;
using Vitrine.Engine.Sessions;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Runtimes;
using Vitrine.Runtimes.Oci;

namespace Vitrine.Engine;

/// <summary>
/// Makes sandboxes on this host and keeps their trail. Opening it (1) destroys what a dead owner left, (2) opens the audit chain, (3) opens the runtime
/// with its keeper. Disposing it ends every sandbox that is still there.
/// </summary>
public sealed class SandboxEngine : IAsyncDisposable
{
    private const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private readonly EngineOptions _options;
    private readonly AuditWriter _audit;
    private readonly OciRuntime _runtime;
    private readonly Dictionary<string, Sandbox> _sandboxes = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Lazy<EgressGateway> _gateway;

    private SandboxEngine(EngineOptions options, AuditWriter audit, OciRuntime runtime, IReadOnlyList<string> reconciled)
    {
        _options = options;
        _audit = audit;
        _runtime = runtime;
        _gateway = new Lazy<EgressGateway>(() => new EgressGateway(options.Egress with { Clock = options.Clock }));
        Reconciled = reconciled;
    }

    /// <summary>What was found of dead owners when the engine was opened, and destroyed: a sentence each.</summary>
    public IReadOnlyList<string> Reconciled { get; }

    /// <summary>The runtime's name.</summary>
    public string RuntimeName => _runtime.Name;

    /// <summary>Opens the engine.</summary>
    /// <param name="options">Where and with what.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RuntimeException">No usable runtime (`runtime-missing`), or the host lacks something; the message says how to get it.</exception>
    /// <exception cref="AuditException">The audit trail cannot be written.</exception>
    public static async Task<SandboxEngine> OpenAsync(EngineOptions options, CancellationToken cancellationToken)
    {
        var oci = new OciRuntimeOptions
        {
            RuntimePath = options.RuntimePath,
            GuestPath = options.GuestPath,
            StateDirectory = options.StateDirectory,
            CgroupName = options.CgroupName,
            Workers = options.CreateWorkers,
        };

        // 1. Leftovers first: what they hold (id ranges, cgroups) is needed below.
        IReadOnlyList<string> reconciled = await OciRuntime.ReconcileAsync(oci, cancellationToken).ConfigureAwait(false);

        // 2. No audit, no work (HARDENING 29).
        AuditWriter audit = options.SharesAuditName
            ? AuditWriter.OpenFree(options.AuditDirectory, options.AuditWriterName, options.Clock)
            : AuditWriter.Open(options.AuditDirectory, options.AuditWriterName, options.Clock);
        try
        {
            foreach (string residue in reconciled)
                await audit.WriteAsync(SandboxAudit.Residue(residue), cancellationToken).ConfigureAwait(false);

            // 3. The runtime, last, so that its keeper guards nothing that is not recorded.
            OciRuntime runtime = await OciRuntime.OpenAsync(oci, cancellationToken).ConfigureAwait(false);
            return new SandboxEngine(options, audit, runtime, reconciled);
        }
        catch
        {
            await audit.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Records that something was refused before a sandbox was made.</summary>
    /// <param name="code">Stable kebab-case code.</param>
    /// <param name="message">What was refused and why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask RecordRefusalAsync(string code, string message, CancellationToken cancellationToken) =>
        _audit.WriteAsync(SandboxAudit.Refused(sandbox: null, code, message), cancellationToken);

    /// <summary>Makes a sandbox; its guest answers, and nothing of the stranger has run.</summary>
    /// <param name="plan">What it will be.</param>
    /// <param name="cancellationToken">Gives up; what was made so far is removed.</param>
    /// <exception cref="RuntimeException">It could not be made as planned.</exception>
    public async Task<Sandbox> CreateAsync(SandboxPlan plan, CancellationToken cancellationToken)
    {
        string id = RandomNumberGenerator.GetString(IdAlphabet, 20);
        var trail = new SandboxAudit(_audit, id, _options.Clock);
        IRuntimeSandbox? made = null;
        GuestConnection? guest = null;
        SandboxEgress? egress = null;
        try
        {
            if (plan.Egress is not null)
                egress = await SandboxEgress.OpenAsync(_gateway.Value, plan.Egress, id, trail, _options.Clock, cancellationToken).ConfigureAwait(false);
            var request = new RuntimeRequest(id, plan) { Files = egress?.Files ?? [] };
            made = await _runtime.CreateAsync(request, cancellationToken).ConfigureAwait(false);
            GuestConnectionOptions? connection = egress is null ? null : new GuestConnectionOptions { RequestHandler = egress.Handler };
            guest = await GuestConnection.OpenAsync(made.Wire, SetupOf(plan), connection, cancellationToken).ConfigureAwait(false);
            EnforcementReport enforcement = Enforcement.Complete(plan, made.Layers, guest.Ready);
            await trail.CreatedAsync(plan, _runtime.Name, enforcement, cancellationToken).ConfigureAwait(false);
            var sandbox = new Sandbox(plan, made, guest, egress, enforcement, trail, _options.Clock);
            Keep(sandbox);
            return sandbox;
        }
        catch (Exception e)
        {
            if (guest is not null)
                await guest.DisposeAsync().ConfigureAwait(false);
            if (made is not null)
                await made.DisposeAsync().ConfigureAwait(false);
            if (egress is not null)
                await egress.CloseAsync().ConfigureAwait(false);
            RuntimeException? failure = e switch
            {
                RuntimeException own => own,
                GuestClosedException closed => new RuntimeException("guest-failed", $"The guest did not start as planned: {closed.Message}", closed),
                _ => null,
            };
            if (failure is null)
                throw;
            await trail.FailedAsync(plan, failure).ConfigureAwait(false);
            if (ReferenceEquals(failure, e))
                throw;
            throw failure;
        }
    }

    /// <summary>Ends every sandbox that is still there, then the keeper and the audit chain.</summary>
    public async ValueTask DisposeAsync()
    {
        Sandbox[] left;
        lock (_gate)
            left = [.. _sandboxes.Values];
        await Task.WhenAll(left.Select(s => s.DisposeAsync().AsTask())).ConfigureAwait(false);
        if (_gateway.IsValueCreated)
            await _gateway.Value.DisposeAsync().ConfigureAwait(false);
        await _runtime.DisposeAsync().ConfigureAwait(false);
        await _audit.DisposeAsync().ConfigureAwait(false);
    }

    private void Keep(Sandbox sandbox)
    {
        lock (_gate)
            _sandboxes.Add(sandbox.Id, sandbox);
        _ = ForgetAsync(sandbox);
    }

    private async Task ForgetAsync(Sandbox sandbox)
    {
        await sandbox.Ended.ConfigureAwait(false);
        lock (_gate)
            _sandboxes.Remove(sandbox.Id);
    }

    private GuestSetup SetupOf(SandboxPlan plan) => new()
    {
        CommandFilter = plan.Seccomp.Command,
        Landlock = [.. plan.Landlock.Select(r => new LandlockRule(r.Path, r.Access))],
        RequireLandlock = plan.RequiredLayers.Contains(Layer.Landlock),
        PreparedHelpers = _options.PreparedHelpers,
        HasWayOut = plan.Egress is not null,
    };
}
