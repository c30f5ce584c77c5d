using Vitrine.Protocol.Hosting;
using Vitrine.Protocol.Messages;

namespace Vitrine.Engine.Sessions;

/// <summary>A command that runs in a sandbox. Its streams hold hostile bytes; one that nobody reads stops the command, and nothing else.</summary>
public sealed class SandboxCommand : IAsyncDisposable
{
    private readonly Sandbox _sandbox;
    private readonly GuestChannel _channel;

    internal SandboxCommand(Sandbox sandbox, string id, GuestChannel channel, OutputMeter meter)
    {
        _sandbox = sandbox;
        _channel = channel;
        Id = id;
        Meter = meter;
        Output = new MeteredStream(channel.Output, meter);
        Error = new MeteredStream(channel.Error, meter);
    }

    /// <summary>The command's id, unique in its sandbox.</summary>
    public string Id { get; }

    /// <summary>Process id inside.</summary>
    public int Pid => (int)_channel.Pid;

    /// <summary>Standard input; disposing it is end of file.</summary>
    public Stream Input => _channel.Input;

    /// <summary>Standard output, or the terminal's.</summary>
    public Stream Output { get; }

    /// <summary>Standard error; empty on a terminal.</summary>
    public Stream Error { get; }

    /// <summary>How it ended. Never faults: a sandbox that dies under it is an outcome.</summary>
    public Task<CommandOutcome> Completion { get; internal set; } = null!;

    internal OutputMeter Meter { get; }

    internal GuestChannel Channel => _channel;

    internal EndReason? Killed { get; private set; }

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Signal number, 1 to 64 (signal(7)).</param>
    /// <param name="scope">Who gets it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task SignalAsync(int signal, SignalScope scope, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(signal, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signal, 64);
        _sandbox.Touch();
        return _channel.SignalAsync((byte)signal, scope, cancellationToken);
    }

    /// <summary>Tells the command's terminal its new size.</summary>
    public Task ResizeAsync(TerminalSize size, CancellationToken cancellationToken)
    {
        _sandbox.Touch();
        return _channel.ResizeAsync(size, cancellationToken);
    }

    /// <summary>Kills it with everything it started.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => KillAsync(EndReason.Cancelled, cancellationToken);

    /// <summary>Lets go of it: what still runs of it is killed.</summary>
    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    internal Task KillAsync(EndReason reason, CancellationToken cancellationToken)
    {
        Killed ??= reason;
        return _channel.SignalAsync(SigKill, SignalScope.Tree, cancellationToken);
    }

    private const byte SigKill = 9;
}
