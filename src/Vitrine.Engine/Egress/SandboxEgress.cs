using Vitrine.Audit.Events;
using Vitrine.Egress;
using Vitrine.Egress.Secrets;
using Vitrine.Engine.Auditing;
using Vitrine.Policy.Egress;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;
using Vitrine.Runtimes;

namespace Vitrine.Engine.Egress;

/// <summary>The way out of one sandbox: its rules as they are now, and what it refused. All that passes is in the audit trail.</summary>
public sealed class SandboxEgress
{
    private readonly EgressSession _session;

    private SandboxEgress(EgressSession session, Log log, TimeProvider clock)
    {
        _session = session;
        log.Owner = this;
        Handler = new EgressRequests(session.HandleAsync, session.AnswerAsync, clock);
    }

    /// <summary>Something was refused: the first of a kind at once, then counts. Called on the gateway's threads: must be quick and not throw.</summary>
    public Action<EgressRefused>? Refused { get; set; }

    /// <summary>Something looks like an attack. Called as <see cref="Refused"/> is.</summary>
    public Action<EgressAlarm>? Alarmed { get; set; }

    /// <summary>Connections open now.</summary>
    public int Connections => _session.Connections;

    internal IGuestRequestHandler Handler { get; }

    internal IReadOnlyDictionary<string, string> Environment => _session.Environment;

    internal IReadOnlyList<RuntimeFile> Files => [.. _session.Files.Select(static f => new RuntimeFile(f.Path, f.Content))];

    /// <summary>Goes on by other rules. Open connections that they do not allow are closed within two seconds.</summary>
    /// <param name="plan">All rules, not only what changed.</param>
    public void Update(EgressPlan plan) => _session.Update(plan);

    /// <summary>What would happen to a connection or request, without doing anything.</summary>
    /// <param name="host">The name.</param>
    /// <param name="port">The port.</param>
    /// <param name="method">The request's method; null for a connection alone.</param>
    /// <param name="path">The request's path; null for `/`.</param>
    public EgressVerdict Explain(string host, int port, string? method = null, string? path = null) => _session.Explain(host, port, method, path);

    /// <summary>Opens it, before there is a sandbox: what the gateway wants inside must be known when the root is built.</summary>
    /// <exception cref="RuntimeException">`egress-unavailable`: the gateway could not be set up for this plan, or a secret has no value.</exception>
    internal static async Task<SandboxEgress> OpenAsync(
        EgressGateway gateway, EgressPlan plan, string id, SandboxAudit trail, TimeProvider clock, CancellationToken cancellationToken)
    {
        var log = new Log(trail);
        try
        {
            var host = new SecretHost((command, limit, token) => SecretCommand.RunAsync(command, limit, clock, token));
            IReadOnlyList<SecretValue> secrets = await SecretReader.ReadAsync(plan.Secrets, host, cancellationToken).ConfigureAwait(false);
            return new SandboxEgress(gateway.OpenSession(plan, id, log, secrets), log, clock);
        }
        catch (EgressException e)
        {
            throw new RuntimeException("egress-unavailable", e.Message, e);
        }
    }

    /// <summary>Closes all connections, within two seconds.</summary>
    internal ValueTask CloseAsync() => _session.DisposeAsync();

    /// <summary>Audit first: an event is written before anybody is told (HARDENING 29).</summary>
    private sealed class Log(SandboxAudit trail) : IEgressLog
    {
        public SandboxEgress? Owner { get; set; }

        public ValueTask EndedAsync(EgressConnection connection) => trail.EgressAsync(connection);

        public async ValueTask RefusedAsync(EgressRefused refusal)
        {
            await trail.EgressAsync(refusal).ConfigureAwait(false);
            Owner?.Refused?.Invoke(refusal);
        }

        public async ValueTask AlarmAsync(EgressAlarm alarm)
        {
            await trail.EgressAsync(alarm).ConfigureAwait(false);
            Owner?.Alarmed?.Invoke(alarm);
        }
    }
}
