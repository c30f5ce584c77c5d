using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Runtimes;

namespace Vitrine.Engine.Sessions;

/// <summary>
/// Stays with one command until it ended: kills it when it passes a limit the host counts, and turns what the guest, the kernel's counters and the
/// sandbox's own end say into one outcome. The guest's word alone never decides on a limit.
/// </summary>
internal sealed class CommandWatch(Sandbox sandbox, SandboxCommand command, CommandSpec spec, CommandBaseline baseline, TimeProvider clock)
{
    /// <summary>How often the kernel's counters are read while a command runs.</summary>
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How much longer than the guest the host waits before it gives the sandbox up (HARDENING 6).</summary>
    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(2);

    private readonly long _started = baseline.Started;
    private readonly SandboxUsage _before = baseline.Usage;

    /// <summary>Waits for the end and says how it was.</summary>
    public async Task<CommandOutcome> RunAsync()
    {
        using var ended = new CancellationTokenSource();
        Task guards = GuardAsync(ended.Token);
        CommandExit? exit = null;
        try
        {
            exit = await command.Channel.Exited.ConfigureAwait(false);
        }
        catch (GuestClosedException)
        {
            // The wire died under the command: how the sandbox ended says why.
            await sandbox.Ended.ConfigureAwait(false);
        }

        await ended.CancelAsync().ConfigureAwait(false);
        await guards.ConfigureAwait(false);
        return Judge(exit);
    }

    private async Task GuardAsync(CancellationToken ended)
    {
        TimeSpan deadline = spec.Timeout is { } timeout ? timeout + KillGrace : Timeout.InfiniteTimeSpan;
        try
        {
            Task hostDeadline = Task.Delay(deadline, clock, ended);
            using var timer = new PeriodicTimer(SampleInterval, clock);
            while (true)
            {
                Task tick = timer.WaitForNextTickAsync(ended).AsTask();
                Task first = await Task.WhenAny(tick, command.Meter.Passed, hostDeadline).ConfigureAwait(false);
                ended.ThrowIfCancellationRequested();
                if (first == hostDeadline)
                {
                    EndSandbox(EndReason.Timeout, "A command outlived its time-out and its kill.");
                    return;
                }

                if (first == command.Meter.Passed)
                {
                    await KillOrEndAsync(EndReason.OutputLimit, ended).ConfigureAwait(false);
                    return;
                }

                if (sandbox.ForkBombs.IsBlamed(command.Pid, sandbox.ReadUsage().RefusedForks))
                {
                    await KillOrEndAsync(EndReason.Pids, ended).ConfigureAwait(false);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
        }
    }

    private async Task KillOrEndAsync(EndReason reason, CancellationToken ended)
    {
        try
        {
            await command.KillAsync(reason, ended).ConfigureAwait(false);
            await command.Channel.Exited.WaitAsync(KillGrace, clock, ended).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            EndSandbox(reason, "A command outlived its kill.");
        }
        catch (GuestClosedException)
        {
        }
    }

    /// <summary>Not waited for: the sandbox's end waits for this command's.</summary>
    private void EndSandbox(EndReason reason, string message) => _ = sandbox.EndAsync(new SandboxEnd(reason, message));

    private CommandOutcome Judge(CommandExit? exit)
    {
        SandboxUsage after = sandbox.ReadUsage();
        var hits = new List<LimitHit>();
        long oomKills = after.OomKills - _before.OomKills;
        long refusedForks = after.RefusedForks - _before.RefusedForks;
        if (oomKills > 0)
            hits.Add(new LimitHit("memory", oomKills));
        if (refusedForks > 0)
            hits.Add(new LimitHit("pids", refusedForks));

        EndReason reason = ReasonOf(exit, oomKills, refusedForks);
        switch (reason)
        {
            case EndReason.OutputLimit:
                hits.Add(new LimitHit("output", 1));
                break;
            case EndReason.Timeout:
                hits.Add(new LimitHit("wall-clock", 1));
                break;
            case EndReason.IdleTimeout:
                hits.Add(new LimitHit("idle", 1));
                break;
            default:
                break;
        }

        return new CommandOutcome
        {
            Reason = reason,
            ExitCode = reason.ToExitCode(exit?.Code ?? 0, exit?.Signal ?? 0),
            Signal = exit is { Signal: > 0 } ? exit.Signal : null,
            Duration = clock.GetElapsedTime(_started),
            Cpu = exit is null ? TimeSpan.Zero : TimeSpan.FromMicroseconds(exit.UserMicroseconds + (double)exit.SystemMicroseconds),
            PeakMemoryBytes = exit is null ? 0 : (long)Math.Min(exit.PeakResidentBytes, long.MaxValue),
            OutputBytes = command.Meter.Total,
            LimitHits = hits,
            Explanation = Explanations.Of(reason, sandbox, spec, exit),
        };
    }

    private EndReason ReasonOf(CommandExit? exit, long oomKills, long refusedForks)
    {
        if (command.Killed is { } killed && (exit is null || exit.Signal == SigKill))
            return killed;
        if (exit is null)
            return sandbox.Ended.IsCompletedSuccessfully && oomKills == 0 ? sandbox.EndIfKnown!.Reason : EndReason.Oom;
        if (exit.TimedOut)
            return EndReason.Timeout;
        bool failed = exit.Code != 0 || exit.Signal != 0;
        if (failed && oomKills > 0)
            return EndReason.Oom;
        if (failed && refusedForks > 0)
            return EndReason.Pids;
        return exit.Signal != 0 ? EndReason.Signaled : EndReason.Exited;
    }

    private const byte SigKill = 9;
}

/// <summary>Where the counting of a command starts.</summary>
/// <param name="Started">The clock's timestamp before the guest was asked.</param>
/// <param name="Usage">The kernel's counters then.</param>
internal sealed record CommandBaseline(long Started, SandboxUsage Usage);
