namespace Vitrine.Runtimes.Oci;

/// <summary>Sandboxes by `crun` or `runc`: the embedded default.</summary>
public sealed class OciRuntime : IRuntime
{
    private OciRuntime(string name) => Name = name;

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Finds the runtime, checks what it can, and starts what makes sandboxes and what cleans up after this process.</summary>
    /// <exception cref="RuntimeException">`runtime-missing`, `runtime-unusable`, `guest-missing`: the sentence says what to do.</exception>
    public static Task<OciRuntime> OpenAsync(OciRuntimeOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.FromException<OciRuntime>(new RuntimeException("runtime-missing", "the OCI runtime is not built yet"));
    }

    /// <summary>Destroys what owners that are gone left behind.</summary>
    /// <returns>A sentence for each thing found.</returns>
    public static Task<IReadOnlyList<string>> ReconcileAsync(OciRuntimeOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Task.FromResult<IReadOnlyList<string>>([]);
    }

    /// <inheritdoc/>
    public Task<IRuntimeSandbox> CreateAsync(RuntimeRequest request, CancellationToken cancellationToken) =>
        Task.FromException<IRuntimeSandbox>(new RuntimeException("runtime-missing", "the OCI runtime is not built yet"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
