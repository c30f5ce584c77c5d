using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>What Kestrel gives each request to.</summary>
internal sealed class RequestApplication : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        TerminatedConnection connection = context.Features.Get<TerminatedConnection>()
            ?? throw new InvalidOperationException("A request without its connection.");
        using var handler = new RequestHandler(context, connection.Inspected, connection.Inspector);
        await handler.HandleAsync().ConfigureAwait(false);
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }
}
