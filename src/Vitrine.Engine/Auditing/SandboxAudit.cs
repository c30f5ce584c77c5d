using Vitrine.Audit;
using Vitrine.Audit.Events;
using Vitrine.Engine.Sessions;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Messages;
using Vitrine.Runtimes;

namespace Vitrine.Engine.Auditing;

/// <summary>The trail of one sandbox: what the engine does and learns, as audit events. The only place that knows both vocabularies.</summary>
internal sealed class SandboxAudit(AuditWriter writer, string sandbox, TimeProvider clock)
{
    private readonly long _created = clock.GetTimestamp();
    private long _commands;

    public static AuditEvent Residue(string found) =>
        new() { Source = AuditSource.Host, Payload = new ResidueRemoved { Kind = "sandbox", Name = found } };

    public static AuditEvent Refused(string? sandbox, string code, string message) =>
        new() { Source = AuditSource.Host, Sandbox = sandbox, Payload = new Refused { Code = code, What = message } };

    public ValueTask CreatedAsync(SandboxPlan plan, string runtime, EnforcementReport enforcement, CancellationToken cancellationToken) =>
        WriteAsync(AuditSource.Host, null, new SandboxCreated
        {
            PlanDigest = plan.Digest,
            Policy = plan.PolicyName,
            Image = plan.Image.Kind == ImageKind.Host ? "host" : plan.Image.Path,
            ImageMutable = plan.Image.Kind == ImageKind.Host,
            Runtime = runtime,
            Layers = [.. enforcement.Layers.Select(l => new AuditLayer(LayerNames.Of(l.Layer), LayerStatusNames.Of(l.Status), l.Detail))],
            Limits = new AuditLimits
            {
                MemoryBytes = plan.Limits.MemoryBytes,
                CpuMillis = plan.Limits.CpuMillis,
                Pids = plan.Limits.Pids,
                OpenFiles = plan.Limits.OpenFiles,
                OutputBytes = plan.Limits.OutputBytes,
                WallClock = plan.Limits.WallClock,
                Idle = plan.Limits.Idle,
            },
            DebugUntil = plan.DebugUntil,
        }, cancellationToken);

    public ValueTask FailedAsync(SandboxPlan plan, RuntimeException failure) => WriteAsync(
        AuditSource.Host, null, new SandboxFailed { Code = failure.Code, Message = failure.Message, PlanDigest = plan.Digest }, CancellationToken.None);

    public ValueTask CommandStartedAsync(string command, CommandRequest request, string user, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _commands);
        return WriteAsync(AuditSource.Host, command, new CommandStarted
        {
            Argv = request.Arguments,
            Cwd = request.WorkingDirectory,
            User = user,
            Uid = request.Uid,
            EnvironmentNames = [.. request.Environment.Select(static v => v[..Math.Max(0, v.IndexOf('=', StringComparison.Ordinal))])],
            Terminal = request.Terminal is not null,
        }, cancellationToken);
    }

    public ValueTask CommandRefusedAsync(string command, EngineException error, CancellationToken cancellationToken) =>
        WriteAsync(AuditSource.Guest, command, new Refused { Code = error.Code, What = error.Message }, cancellationToken);

    public async ValueTask CommandEndedAsync(string command, CommandOutcome outcome)
    {
        foreach (Sessions.LimitHit hit in outcome.LimitHits)
        {
            AuditSource source = hit.Limit is "memory" or "pids" ? AuditSource.Kernel : AuditSource.Host;
            await WriteAsync(source, command, new Vitrine.Audit.Events.LimitHit { Limit = hit.Limit, Count = hit.Count }, CancellationToken.None)
                .ConfigureAwait(false);
        }

        await WriteAsync(AuditSource.Guest, command, new CommandEnded
        {
            ExitCode = outcome.Signal is null && outcome.Reason is EndReason.Exited ? outcome.ExitCode : null,
            Signal = outcome.Signal,
            Reason = outcome.Reason.ToName(),
            Duration = outcome.Duration,
            Cpu = outcome.Cpu,
            PeakMemoryBytes = outcome.PeakMemoryBytes > 0 ? outcome.PeakMemoryBytes : null,
            OutputBytes = outcome.OutputBytes,
        }, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>What the gateway tells; it is the host's word, with names and addresses from inside.</summary>
    public ValueTask EgressAsync(AuditPayload payload) => WriteAsync(AuditSource.Host, null, payload, CancellationToken.None);

    public ValueTask DestroyedAsync(SandboxEnd end, SandboxUsage usage) => WriteAsync(AuditSource.Host, null, new SandboxDestroyed
    {
        Reason = end.Reason.ToName(),
        Duration = clock.GetElapsedTime(_created),
        Cpu = usage.Cpu,
        PeakMemoryBytes = usage.PeakMemoryBytes,
        Commands = Interlocked.Read(ref _commands),
    }, CancellationToken.None);

    private ValueTask WriteAsync(AuditSource source, string? command, AuditPayload payload, CancellationToken cancellationToken) =>
        writer.WriteAsync(new AuditEvent { Source = source, Sandbox = sandbox, Command = command, Payload = payload }, cancellationToken);
}
