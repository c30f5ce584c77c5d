using Vitrine.Policy.Plans;

namespace Vitrine.Egress;

/// <summary>Judges every request on connections that a rule wants looked into, and makes the requests anew.</summary>
internal interface IInspector : IAsyncDisposable
{
    /// <summary>Variables for commands inside, beside those of the proxies.</summary>
    IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Files inside, for instance bundles of certificates.</summary>
    IReadOnlyList<EgressFile> Files => [];

    /// <summary>Does the whole life of one connection; the stream is the caller's to dispose.</summary>
    Task RunAsync(InspectedConnection connection, CancellationToken cancellationToken);

    /// <summary>The session's rules were replaced. Requests in flight that are no longer allowed end by their
    /// <see cref="OpenConnection"/>.</summary>
    void Update(EgressPlan plan)
    {
    }

    /// <inheritdoc/>
    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;
}
