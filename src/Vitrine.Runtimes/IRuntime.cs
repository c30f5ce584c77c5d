namespace Vitrine.Runtimes;

/// <summary>One kind of boundary: makes sandboxes and returns the wire to the guest in each.</summary>
public interface IRuntime : IAsyncDisposable
{
    /// <summary>The name a user gives it: `crun`, `runc`.</summary>
    string Name { get; }

    /// <summary>Makes the sandbox of a plan, with its guest started and nothing of the stranger run.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="cancellationToken">Gives up; what was made so far is removed.</param>
    /// <exception cref="RuntimeException">It could not be made as planned; nothing of it is left.</exception>
    Task<IRuntimeSandbox> CreateAsync(RuntimeRequest request, CancellationToken cancellationToken);
}

/// <summary>What a runtime is asked to make.</summary>
/// <param name="Id">The sandbox's id: 16 to 32 characters of `[a-z0-9]`.</param>
/// <param name="Plan">What it will be.</param>
public sealed record RuntimeRequest(string Id, Vitrine.Policy.Plans.SandboxPlan Plan)
{
    /// <summary>Small files laid over the image, read-only: certificates and the like. Their directories are made.</summary>
    public IReadOnlyList<RuntimeFile> Files { get; init; } = [];
}

/// <summary>A small file of this sandbox alone.</summary>
/// <param name="Path">Absolute path inside, below /etc or /run/vitrine.</param>
/// <param name="Content">Its bytes, at most 4 MiB; readable by everyone inside.</param>
public sealed record RuntimeFile(string Path, ReadOnlyMemory<byte> Content);
