using System.Runtime.InteropServices;

namespace Vitrine.Cli.Running;

/// <summary>
/// The signals of this process. The first Ctrl-C is for the command; a second one, or two seconds without an end, gives the run up.
/// SIGTERM, SIGHUP
/// and SIGQUIT give it up at once. Giving up means: destroy the sandbox, clean up, then exit as the signal would have made us.
/// </summary>
internal sealed class HostSignals : IDisposable
{
    private const int SIGINT = 2;
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TimeProvider _clock;
    private Func<Task>? _interrupt;
    private ITimer? _patience;
    private int _interrupts;

    /// <summary>Takes the signals over.</summary>
    /// <param name="clock">Measures the two seconds.</param>
    public HostSignals(TimeProvider clock)
    {
        _clock = clock;
        On(PosixSignal.SIGINT, OnInterrupt);
        On(PosixSignal.SIGTERM, () => GiveUp(ExitCodes.Terminated));
        On(PosixSignal.SIGHUP, () => GiveUp(ExitCodes.HangUp));
        On(PosixSignal.SIGQUIT, () => GiveUp(128 + 3));
    }

    /// <summary>Cancelled when the run is given up.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>What to exit with when the run was given up; null while it was not.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>From now on there is a command that Ctrl-C is for.</summary>
    /// <param name="interrupt">Sends it SIGINT.</param>
    public void Forward(Func<Task> interrupt) => _interrupt = interrupt;

    /// <summary>Gives the run up.</summary>
    /// <param name="exitCode">What to exit with; the first one counts.</param>
    public void GiveUp(int exitCode)
    {
        lock (_stop)
        {
            if (ExitCode is not null)
                return;
            ExitCode = exitCode;
        }

        _stop.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _patience?.Dispose();
        _stop.Dispose();
    }

    private void On(PosixSignal signal, Action action) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    }));

    private void OnInterrupt()
    {
        if (Interlocked.Increment(ref _interrupts) > 1 || _interrupt is not { } interrupt)
        {
            GiveUp(128 + SIGINT);
            return;
        }

        _patience = _clock.CreateTimer(_ => GiveUp(128 + SIGINT), null, s_grace, Timeout.InfiniteTimeSpan);
        _ = SendAsync(interrupt);
    }

    private async Task SendAsync(Func<Task> interrupt)
    {
        try
        {
            await interrupt().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A command that cannot be signalled is given up.
            GiveUp(128 + SIGINT);
        }
    }
}
