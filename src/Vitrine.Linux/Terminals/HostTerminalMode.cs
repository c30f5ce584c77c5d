namespace Vitrine.Linux.Terminals;

/// <summary>
/// A terminal's mode changed for a while. Disposing it, from any thread and any number of times, puts the former mode back.
/// </summary>
public sealed class HostTerminalMode : IDisposable
{
    private readonly int _descriptor;
    private readonly byte[] _former;
    private readonly byte[] _changed;
    private int _disposed;

    internal HostTerminalMode(int descriptor, byte[] former, byte[] changed)
    {
        (_descriptor, _former, _changed) = (descriptor, former, changed);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Sets the changed mode again: after SIGCONT the shell may have put its own.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void Renew()
    {
        if (Volatile.Read(ref _disposed) == 0)
            HostTerminal.Write(_descriptor, _changed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        try
        {
            HostTerminal.Write(_descriptor, _former);
        }
        catch (IOException)
        {
            // The terminal was closed (SIGHUP): there is no mode left to put back.
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();
}
