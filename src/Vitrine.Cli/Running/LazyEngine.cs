using Vitrine.Cli.Commands.Sandboxes;
using Vitrine.Cli.Output;
using Vitrine.Engine;

namespace Vitrine.Cli.Running;

/// <summary>The engine, opened when it is first needed: a policy with a mistake in it is told of without starting anything.</summary>
internal sealed class LazyEngine(CliConsole console, SandboxArguments arguments) : IAsyncDisposable
{
    // A runtime that makes no sense is told of at once; a guest that is missing, when one is needed.
    private readonly string? _runtime = Engines.RuntimePath(arguments);
    private SandboxEngine? _engine;

    /// <summary>Where its images are.</summary>
    public static string ImageDirectory => Path.Combine(EngineOptions.DataDirectoryFromEnvironment(), "images");

    /// <summary>The engine.</summary>
    public async Task<SandboxEngine> OpenAsync(CancellationToken cancellationToken)
    {
        if (_engine is not null)
            return _engine;
        _engine = await SandboxEngine.OpenAsync(Engines.Options(_runtime), cancellationToken).ConfigureAwait(false);
        if (!arguments.Quiet)
        {
            foreach (string residue in _engine.Reconciled)
                console.Say(residue);
        }

        return _engine;
    }

    /// <summary>Puts a refusal on record. Where there is no trail to be had, that is said and the refusal stands.</summary>
    public async Task RecordRefusalAsync(CliException refusal)
    {
        try
        {
            SandboxEngine engine = await OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await engine.RecordRefusalAsync(refusal.Code, refusal.Message, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            console.SayWarning($"The refusal could not be put on record: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine?.DisposeAsync() ?? ValueTask.CompletedTask;
}
