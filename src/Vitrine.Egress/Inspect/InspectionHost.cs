using System.Runtime.CompilerServices;

namespace Vitrine.Egress.Inspect;

/// <summary>The one terminator of a gateway, made when the first connection is to be looked into.</summary>
internal sealed class InspectionHost(EgressGatewayOptions options) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<ITerminator>? _terminator;

    /// <summary>The terminator.</summary>
    /// <exception cref="ObjectDisposedException">The gateway is gone.</exception>
    public Task<ITerminator> GetAsync()
    {
        lock (_gate)
            return _terminator ??= StartAsync(options);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<ITerminator> made;
        lock (_gate)
        {
            made = _terminator ?? Task.FromException<ITerminator>(new ObjectDisposedException(nameof(EgressGateway)));
            _terminator = made;
        }

        if (made.IsCompletedSuccessfully)
            await (await made.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        else
            _ = made.Exception;
    }

    // By itself, so that nothing of ASP.NET is loaded before the call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<ITerminator> StartAsync(EgressGatewayOptions options) => Kestrel.KestrelTerminator.StartAsync(options);
}
