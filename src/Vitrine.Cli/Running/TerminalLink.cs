using System.Runtime.InteropServices;
using Vitrine.Engine.Sessions;
using Vitrine.Linux.Terminals;
using Vitrine.Protocol.Messages;

namespace Vitrine.Cli.Running;

/// <summary>
/// Ties our terminal to the command's: raw mode while it runs, size changes passed on, the former mode put back on every way out.
/// </summary>
internal sealed class TerminalLink : IDisposable
{
    private readonly HostTerminalMode? _mode;
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Takes the terminal over, when standard input is one.</summary>
    /// <param name="command">The command on its own terminal.</param>
    /// <param name="inputIsTerminal">Whether standard input is a terminal.</param>
    public TerminalLink(SandboxCommand command, bool inputIsTerminal)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, context => _ = ResizeAsync(command)));
        if (!inputIsTerminal)
            return;
        _mode = HostTerminal.EnterRaw(0);
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, context => _mode.Renew()));
    }

    /// <summary>The size of our terminal, whichever of our streams is one.</summary>
    public static TerminalSize Size()
    {
        int descriptor = Enumerable.Range(0, 3).FirstOrDefault(HostTerminal.IsTerminal);
        (ushort columns, ushort rows) = HostTerminal.GetSize(descriptor);
        return new TerminalSize(columns, rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _mode?.Dispose();
    }

    private static async Task ResizeAsync(SandboxCommand command)
    {
        try
        {
            await command.ResizeAsync(Size(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The command is gone.
        }
    }
}
