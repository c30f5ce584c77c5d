using System.Globalization;
using Vitrine.Engine.Auditing;
using Vitrine.Engine.Egress;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;
using Vitrine.Runtimes;

namespace Vitrine.Engine.Sessions;

/// <summary>
/// A sandbox with its guest at the other end of the wire. It ends once, for the first reason that comes: a deadline, a fault of the guest, its user.
/// Disposing it destroys everything inside and writes the last audit event.
/// </summary>
public sealed class Sandbox : IAsyncDisposable
{
    private readonly IRuntimeSandbox _runtime;
    private readonly GuestConnection _guest;
    private readonly SandboxAudit _audit;
    private readonly TimeProvider _clock;
    private readonly Deadlines _deadlines;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<SandboxEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly List<Task> _completions = [];
    private Task? _ending;
    private SandboxEnd? _end;
    private SandboxUsage _lastUsage = new();
    private int _commands;

    internal Sandbox(
        SandboxPlan plan, IRuntimeSandbox runtime, GuestConnection guest, SandboxEgress? egress, EnforcementReport enforcement, SandboxAudit audit, TimeProvider clock)
    {
        Plan = plan;
        Egress = egress;
        _runtime = runtime;
        _guest = guest;
        _audit = audit;
        _clock = clock;
        Enforcement = enforcement;
        Files = new SandboxFiles(this, guest);
        ForkBombs = new ForkBombs(() => ProcessTrees.Largest(runtime.GuestPid));
        _deadlines = new Deadlines(plan.Limits, clock, () => ReadUsage().Cpu);
        Watch = WatchAsync();
    }

    /// <summary>The sandbox's id.</summary>
    public string Id => _runtime.Id;

    /// <summary>What it was made from.</summary>
    public SandboxPlan Plan { get; }

    /// <summary>What each layer does here.</summary>
    public EnforcementReport Enforcement { get; }

    /// <summary>Its files, as its user sees them.</summary>
    public SandboxFiles Files { get; }

    /// <summary>Its way out; null where the plan has none.</summary>
    public SandboxEgress? Egress { get; }

    /// <summary>Where it is in its life.</summary>
    public SandboxState State { get; private set; } = SandboxState.Running;

    /// <summary>Process id of the guest on the host.</summary>
    public int GuestPid => _runtime.GuestPid;

    /// <summary>Why it ended; completes when nothing of it is left.</summary>
    public Task<SandboxEnd> Ended => _ended.Task;

    internal SandboxEnd? EndIfKnown => _end;

    internal ForkBombs ForkBombs { get; }

    internal Task Watch { get; }

    /// <summary>Starts a command.</summary>
    /// <param name="spec">What to run.</param>
    /// <param name="cancellationToken">Gives up starting it.</param>
    /// <exception cref="EngineException">`command-not-found`, `command-not-executable`, `command-failed` or `sandbox-gone`.</exception>
    public async Task<SandboxCommand> StartAsync(CommandSpec spec, CancellationToken cancellationToken)
    {
        Touch();
        string id = "c" + Interlocked.Increment(ref _commands).ToString(CultureInfo.InvariantCulture);
        CommandRequest request = CommandRequests.From(Plan, spec, Egress?.Environment);
        await _audit.CommandStartedAsync(id, request, Plan.User.Name, cancellationToken).ConfigureAwait(false);

        // Counted from before it starts: a command can fill the memory and be gone by the time its start is known here.
        var baseline = new CommandBaseline(_clock.GetTimestamp(), ReadUsage());
        GuestChannel channel;
        try
        {
            channel = await _guest.StartAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelOpenException e)
        {
            EngineException error = CommandRequests.Refusal(spec, e);
            await _audit.CommandRefusedAsync(id, error, cancellationToken).ConfigureAwait(false);
            throw error;
        }
        catch (GuestClosedException e)
        {
            SandboxEnd end = await Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            throw new EngineException("sandbox-gone", $"The sandbox ended ({end.Reason.ToName()}) before the command started: {end.Message}", e);
        }

        var command = new SandboxCommand(this, id, channel, new OutputMeter(Plan.Limits.OutputBytes));
        var watch = new CommandWatch(this, command, spec, baseline, _clock);
        command.Completion = CompleteAsync(command, watch);
        lock (_gate)
        {
            _completions.RemoveAll(static c => c.IsCompleted);
            _completions.Add(command.Completion);
        }

        return command;
    }

    /// <summary>Stops all processes inside where they are; the wall clock goes on, the idle clock stands.</summary>
    public async Task FreezeAsync(CancellationToken cancellationToken)
    {
        _guest.Suspend();
        _deadlines.SetPaused(true);
        await _runtime.FreezeAsync(cancellationToken).ConfigureAwait(false);
        State = SandboxState.Paused;
    }

    /// <summary>Lets them go on.</summary>
    public async Task ThawAsync(CancellationToken cancellationToken)
    {
        await _runtime.ThawAsync(cancellationToken).ConfigureAwait(false);
        _deadlines.SetPaused(false);
        _guest.Resume();
        State = SandboxState.Running;
    }

    /// <summary>Connects to a loopback port inside.</summary>
    /// <param name="port">TCP port, 1 to 65535.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<GuestChannel> DialAsync(ushort port, CancellationToken cancellationToken)
    {
        Touch();
        return await _guest.DialAsync(port, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what the kernel counted; after the end, the last figures.</summary>
    public SandboxUsage ReadUsage()
    {
        if (State < SandboxState.Stopping)
            _lastUsage = _runtime.ReadUsage();
        return _lastUsage;
    }

    /// <summary>Ends the sandbox; completes when nothing of it is left. The first reason wins.</summary>
    public Task DestroyAsync(EndReason reason) => EndAsync(new SandboxEnd(reason, "The sandbox was ended by its user."));

    /// <summary>Ends the sandbox, if it has not ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(new SandboxEnd(EndReason.Exited, "The sandbox was closed.")).ConfigureAwait(false);
        await Watch.ConfigureAwait(false);
        _stopping.Dispose();
    }

    internal void Touch() => _deadlines.Touch();

    internal Task EndAsync(SandboxEnd end)
    {
        lock (_gate)
        {
            _end ??= end;
            return _ending ??= Task.Run(DestroyNowAsync);
        }
    }

    private async Task<CommandOutcome> CompleteAsync(SandboxCommand command, CommandWatch watch)
    {
        CommandOutcome outcome = await watch.RunAsync().ConfigureAwait(false);
        await _audit.CommandEndedAsync(command.Id, outcome).ConfigureAwait(false);
        return outcome;
    }

    private async Task WatchAsync()
    {
        Task<EndReason> deadline = _deadlines.WaitAsync(_stopping.Token);
        Task first = await Task.WhenAny(deadline, _guest.Closed, _runtime.Exited).ConfigureAwait(false);
        if (_stopping.IsCancellationRequested)
            return;
        if (first == deadline)
        {
            EndReason reason = await deadline.ConfigureAwait(false);
            string limit = reason == EndReason.Timeout ? "limits.wall-clock" : "limits.idle";
            await EndAsync(new SandboxEnd(reason, $"The sandbox reached {limit}.")).ConfigureAwait(false);
            return;
        }

        await EndAsync(await WhyGuestEndedAsync().ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<SandboxEnd> WhyGuestEndedAsync()
    {
        // The process may be gone a moment before its last frame is read.
        GoAway away = await _guest.Closed.WaitAsync(TimeSpan.FromSeconds(2), _clock).ConfigureAwait(false);
        if (ReadUsage().OomKills > 0 && away.Reason == GoAwayReason.Done)
            return new SandboxEnd(EndReason.Oom, "The sandbox's memory was full and the kernel killed its first process.");
        return away.Reason == GoAwayReason.TreeUnkillable
            ? new SandboxEnd(EndReason.Timeout, "A command's processes could not be killed in time.")
            : new SandboxEnd(EndReason.GuestFault, $"The guest left: {away.Message}");
    }

    private async Task DestroyNowAsync()
    {
        _ = ReadUsage();
        State = SandboxState.Stopping;
        await _stopping.CancelAsync().ConfigureAwait(false);

        // First, so that the trail says of open connections that the sandbox ended; waited for last.
        Task? closing = Egress?.CloseAsync().AsTask();
        try
        {
            await _guest.DisposeAsync().ConfigureAwait(false);
            await _runtime.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            if (closing is not null)
                await closing.ConfigureAwait(false);
            State = SandboxState.Gone;
            _ended.TrySetResult(_end!);

            // The sandbox's last event comes after those of its commands, which end with it.
            Task[] completions;
            lock (_gate)
                completions = [.. _completions];
            await Task.WhenAll(completions).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _audit.DestroyedAsync(_end!, _lastUsage).ConfigureAwait(false);
        }
    }
}
