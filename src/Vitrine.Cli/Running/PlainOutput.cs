using System.Buffers;
using Vitrine.Cli.Output;
using Vitrine.Cli.Terminal;
using Vitrine.Engine.Sessions;

namespace Vitrine.Cli.Running;

/// <summary>The command's bytes go to our own streams, unbuffered; through a filter where that is a terminal.</summary>
internal sealed class PlainOutput : ICommandOutput
{
    private readonly CliConsole _console;
    private readonly TerminalFilter? _outputFilter;
    private readonly TerminalFilter? _errorFilter;
    private readonly ArrayBufferWriter<byte> _passed = new(65_536);
    private readonly Lock _terminal = new();
    private readonly bool _quiet;

    /// <summary>Makes it.</summary>
    /// <param name="console">Our streams.</param>
    /// <param name="rawTerminal">Whether a terminal gets every byte as it came.</param>
    /// <param name="quiet">Whether an end by the command itself goes without a word.</param>
    public PlainOutput(CliConsole console, bool rawTerminal, bool quiet)
    {
        _console = console;
        _quiet = quiet;
        _outputFilter = console.OutputIsTerminal && !rawTerminal ? new TerminalFilter() : null;
        _errorFilter = console.ErrorIsTerminal && !rawTerminal ? new TerminalFilter() : null;
    }

    /// <inheritdoc/>
    public void Started(Sandbox sandbox)
    {
    }

    /// <inheritdoc/>
    public void Output(ReadOnlySpan<byte> bytes) => Write(bytes, _outputFilter, _console.Output);

    /// <inheritdoc/>
    public void Error(ReadOnlySpan<byte> bytes) => Write(bytes, _errorFilter, _console.Error);

    /// <inheritdoc/>
    public void Finish()
    {
        Reset(_outputFilter, _console.Output);
        Reset(_errorFilter, _console.Error);
    }

    /// <inheritdoc/>
    public void Ended(Sandbox sandbox, CommandOutcome outcome, int exitCode)
    {
        bool own = outcome.Reason is EndReason.Exited or EndReason.Signaled;
        if (!own || (outcome.Reason == EndReason.Signaled && !_quiet && _console.ErrorIsTerminal))
            _console.SayError($"{outcome.Reason.ToName()}: {outcome.Explanation ?? "the sandbox ended"}");
        if (!_quiet)
            SayHits(outcome, own);
    }

    /// <summary>A command that ended by itself may still have been held back by a limit: that explains odd failures.</summary>
    private void SayHits(CommandOutcome outcome, bool own)
    {
        if (!own || outcome.ExitCode == 0)
            return;
        foreach (LimitHit hit in outcome.LimitHits)
            _console.SayWarning(
                $"the command ran into limits.{hit.Limit} {(hit.Count == 1 ? "once" : $"{hit.Count} times")} (--{hit.Limit} raises it).");
    }

    private void Write(ReadOnlySpan<byte> bytes, TerminalFilter? filter, Stream stream)
    {
        if (filter is null)
        {
            stream.Write(bytes);
            return;
        }

        // One lock for both streams: on a shared terminal a whole sequence is never cut by the other stream's bytes.
        lock (_terminal)
        {
            filter.Filter(bytes, _passed);
            stream.Write(_passed.WrittenSpan);
            _passed.ResetWrittenCount();
        }
    }

    private void Reset(TerminalFilter? filter, Stream stream)
    {
        if (filter is null)
            return;
        lock (_terminal)
        {
            filter.Finish(_passed);
            stream.Write(_passed.WrittenSpan);
            _passed.ResetWrittenCount();
        }
    }
}
