using Vitrine.Engine;

namespace Vitrine.Conformance.Tests.Support;

/// <summary>An engine on one runtime, in a space of its own, opened when a test first asks for it.</summary>
public abstract class EngineFixture(string runtime) : IAsyncLifetime
{
    private readonly TestSpace _space = new();
    private readonly SemaphoreSlim _opening = new(1, 1);
    private SandboxEngine? _engine;

    /// <summary>The runtime's name: `crun`, `runc`.</summary>
    public string Runtime => runtime;

    internal TestSpace Space => _space;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The engine; skips loudly when the runtime is not installed.</summary>
    public async Task<SandboxEngine> OpenAsync()
    {
        string? path = HostPrograms.Find(runtime);
        Assert.SkipUnless(path is not null, $"SKIPPED: {runtime} is not installed; `apt install {runtime}`.");
        await _opening.WaitAsync();
        try
        {
            return _engine ??= await SandboxEngine.OpenAsync(OptionsFor(_space, path, "conformance"), CancellationToken.None);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
            await _engine.DisposeAsync();
        _space.Dispose();
        _opening.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static EngineOptions OptionsFor(TestSpace space, string runtimePath, string writer) => new()
    {
        StateDirectory = space.StateDirectory,
        DataDirectory = space.DataDirectory,
        CgroupName = space.Name,
        RuntimePath = runtimePath,
        GuestPath = HostPrograms.RequireGuest(),
        AuditWriterName = writer,
    };
}

/// <summary>The engine on crun.</summary>
public sealed class CrunEngine() : EngineFixture("crun");

/// <summary>The engine on runc.</summary>
public sealed class RuncEngine() : EngineFixture("runc");
