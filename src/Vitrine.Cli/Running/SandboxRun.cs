using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Cli.Output;
using Vitrine.Cli.Running.Rootless;
using Vitrine.Engine;
using Vitrine.Engine.Sessions;
using Vitrine.Linux.Terminals;
using Vitrine.Policy.Plans;
using Vitrine.Protocol.Messages;

namespace Vitrine.Cli.Running;

/// <summary>
/// One run from start to end:
/// 1. signals are ours before anything is made that they could leave behind;
/// 2. plan;
/// 3. engine (which destroys what dead runs left), sandbox, command;
/// 4. bytes both ways until the command ended, or the run is given up;
/// 5. sandbox destroyed, then the exit code.
/// </summary>
internal sealed class SandboxRun
{
    private readonly CliConsole _console;
    private readonly RunRequest _request;
    private readonly HostSignals _signals;
    private readonly ICommandOutput _output;

    private SandboxRun(CliConsole console, RunRequest request, HostSignals signals)
    {
        (_console, _request, _signals) = (console, request, signals);
        _output = request.Json ? new JsonOutput(console) : new PlainOutput(console, request.Sandbox.RawTerminal, request.Sandbox.Quiet);
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CliConsole console, RunRequest request)
    {
        RootlessEntry.Enter();
        using var signals = new HostSignals(TimeProvider.System);
        try
        {
            return await new SandboxRun(console, request, signals).RunAsync().ConfigureAwait(false);
        }
        catch (Exception) when (signals.ExitCode is not null)
        {
            // Whatever broke, broke because we were told to stop.
            return signals.ExitCode.Value;
        }
    }

    private async Task<int> RunAsync()
    {
        var engines = new LazyEngine(_console, _request.Sandbox);
        await using (engines.ConfigureAwait(false))
        {
            SandboxPlan plan = await PlanAsync(engines).ConfigureAwait(false);
            SayDebug(plan);
            SandboxEngine engine = await engines.OpenAsync(_signals.Stop).ConfigureAwait(false);
            Sandbox sandbox = await engine.CreateAsync(plan, _signals.Stop).ConfigureAwait(false);
            await using (sandbox.ConfigureAwait(false))
            {
                if (!_request.Sandbox.Quiet)
                    new RefusalLines(_console).Follow(sandbox.Egress);
                _output.Started(sandbox);
                SayLayers(sandbox);
                return await CommandAsync(sandbox).ConfigureAwait(false);
            }
        }
    }

    private async Task<SandboxPlan> PlanAsync(LazyEngine engines)
    {
        try
        {
            SandboxArguments arguments = await ImageFiles.UnpackAsync(_console, _request.Sandbox, engines, _signals.Stop)
                .ConfigureAwait(false);
            return Planning.Plan(_console, arguments);
        }
        catch (CliException refusal) when (refusal.ExitCode == ExitCodes.Refused)
        {
            await engines.RecordRefusalAsync(refusal).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<int> CommandAsync(Sandbox sandbox)
    {
        SandboxCommand command = await sandbox.StartAsync(
            new CommandSpec
            {
                Arguments = _request.Command,
                Environment = Engines.TerminalEnvironment(_request.Terminal),
                OpenInput = _request.Input,
                Terminal = _request.Terminal ? TerminalLink.Size() : null,
                KillTreeOnExit = true,
            },
            _signals.Stop).ConfigureAwait(false);
        await using (command.ConfigureAwait(false))
        {
            CommandOutcome outcome;
            using (_request.Terminal ? new TerminalLink(command, _console.InputIsTerminal) : null)
                outcome = await WorkAsync(sandbox, command).ConfigureAwait(false);
            int exitCode = _signals.ExitCode ?? outcome.ExitCode;
            if (exitCode != ExitCodes.BrokenPipe)
                _output.Ended(sandbox, outcome, exitCode);
            return exitCode;
        }
    }

    private async Task<CommandOutcome> WorkAsync(Sandbox sandbox, SandboxCommand command)
    {
        _signals.Forward(() => command.SignalAsync(2, SignalScope.Group, CancellationToken.None));
        CancellationTokenRegistration giveUp = _signals.Stop.Register(() => _ = sandbox.DestroyAsync(EndReason.Cancelled));
        await using (giveUp.ConfigureAwait(false))
        {
            Task output = PumpAsync(command.Output, bytes => _output.Output(bytes.Span));
            Task error = PumpAsync(command.Error, bytes => _output.Error(bytes.Span));
            if (_request.Input)
                InputPump.Start(command.Input);
            CommandOutcome outcome = await command.Completion.ConfigureAwait(false);

            // The reader of our output sets the pace, also for the last bytes; only a stop ends the wait.
            await Task.WhenAll(output, error).WaitAsync(_signals.Stop).ContinueWith(static _ => { }, TaskScheduler.Default)
                .ConfigureAwait(false);
            Finish();
            return outcome;
        }
    }

    private async Task PumpAsync(Stream source, Action<ReadOnlyMemory<byte>> write)
    {
        byte[] buffer = new byte[65_536];
        try
        {
            int got;
            while ((got = await source.ReadAsync(buffer).ConfigureAwait(false)) > 0)
                write(buffer.AsMemory(0, got));
        }
        catch (BrokenPipeException)
        {
            _signals.GiveUp(ExitCodes.BrokenPipe);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The sandbox ended under it; the outcome says why.
        }
    }

    private void Finish()
    {
        try
        {
            _output.Finish();
        }
        catch (BrokenPipeException)
        {
            _signals.GiveUp(ExitCodes.BrokenPipe);
        }
    }

    private void SayDebug(SandboxPlan plan)
    {
        if (plan.DebugUntil is not { } until)
            return;
        string off = plan.DisabledLayers.Count == 0 ? "no layer"
            : string.Join(", ", plan.DisabledLayers.Select(LayerText.NameOf).Order(StringComparer.Ordinal));
        _console.SayWarning($"DEBUG policy {plan.PolicyName}: less is held back until {until:yyyy-MM-dd HH:mm 'UTC'zzz}; off: {off}.");
    }

    private void SayLayers(Sandbox sandbox)
    {
        if (_request.Sandbox.Verbose)
            _console.Say(LayerText.Table(sandbox.Enforcement.Layers));
    }
}
