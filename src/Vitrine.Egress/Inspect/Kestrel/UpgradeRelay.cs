using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.Egress.Secrets;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>
/// A WebSocket after its request was judged and accepted: bytes both ways, counted, not looked into (what a client sends is masked, RFC
/// 6455
/// section 5.3).
/// </summary>
internal sealed class UpgradeRelay(HttpContext context, Exchange exchange, SecretUse use)
{
    /// <summary>How long the other direction may go on once one has ended.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    public async Task RunAsync(HttpResponseMessage response)
    {
        IHttpUpgradeFeature upgrade = context.Features.GetRequiredFeature<IHttpUpgradeFeature>();
        if (!upgrade.IsUpgradableRequest)
            throw new RequestRefusedException(
                400, new Refusal(InspectCodes.Request, "the request for a WebSocket has a body", exchange.Rule.Id));
        new ResponseCopier(context, exchange, use).CopyHeaders(response, null, isDecoded: false);
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        Stream outside = await response.Content.ReadAsStreamAsync(exchange.Closing).ConfigureAwait(false);
        Stream inside = await upgrade.UpgradeAsync().ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(exchange.Closing);
        Task leaving = PassAsync(inside, outside, isOut: true, stop.Token);
        Task coming = PassAsync(outside, inside, isOut: false, stop.Token);
        await Task.WhenAny(leaving, coming).ConfigureAwait(false);
        stop.CancelAfter(s_farewell);
        try
        {
            await Task.WhenAll(leaving, coming).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!exchange.Closing.IsCancellationRequested)
        {
            // One side left without the other's farewell.
        }
    }

    private async Task PassAsync(Stream from, Stream to, bool isOut, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (true)
            {
                Memory<byte> step = buffer.AsMemory(0, Math.Min(buffer.Length, exchange.Step));
                int read = await from.ReadAsync(step, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    return;
                if (isOut)
                    await exchange.SpendOutAsync(read).ConfigureAwait(false);
                else
                    await exchange.SpendInAsync(read).ConfigureAwait(false);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                await to.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
