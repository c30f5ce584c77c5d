namespace Vitrine.Egress.Inspect;

/// <summary>
/// What ends TLS and reads requests, for all sandboxes of a gateway. Behind this interface is Kestrel, which is loaded by nothing else.
/// </summary>
internal interface ITerminator : IAsyncDisposable
{
    /// <summary>Serves the requests of one connection until it is over.</summary>
    Task ServeAsync(InspectedConnection connection, SessionInspector inspector, CancellationToken cancellationToken);
}
