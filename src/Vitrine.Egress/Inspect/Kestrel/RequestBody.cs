using System.Buffers;
using System.Net;
using Vitrine.Egress.Secrets;

namespace Vitrine.Egress.Inspect.Kestrel;

/// <summary>A request's body on its way out: counted, paced, searched for placeholders, passed on piece by piece as it comes.</summary>
/// <param name="first">Bytes already read.</param>
/// <param name="rest">What follows them; null when nothing does.</param>
/// <param name="length">Bytes in all; null when that is not known.</param>
/// <param name="exchange">Counts them.</param>
/// <param name="scanner">Looks for placeholders in what is not searched yet; null for none.</param>
internal sealed class RequestBody(
    ReadOnlyMemory<byte> first, Stream? rest, long? length, Exchange exchange, PlaceholderScanner? scanner) : HttpContent
{
    private int _begun;

    /// <summary>Why it could not be sent, where that is not the server's fault; null otherwise.</summary>
    public Exception? Fault { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // A body is read once. To send a request again, the client inside has to.
        if (Interlocked.Exchange(ref _begun, 1) != 0)
            throw new HttpRequestException("The request's body was sent already.");
        try
        {
            await PassAsync(first, stream, cancellationToken).ConfigureAwait(false);
            if (rest is not null)
                await PassAsync(rest, stream, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SecretMisplacedException or EgressRefusedException)
        {
            Fault = error;
            exchange.Open.Close(error is SecretMisplacedException ? InspectCodes.Placeholder : RefusalCodes.Budget);
            throw;
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }

    private async Task PassAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (true)
            {
                int read;
                try
                {
                    ValueTask<int> reading = from.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, exchange.Step)), cancellationToken);
                    // The server may answer before the first byte, but not before it has the headers.
                    if (!reading.IsCompleted)
                        await to.FlushAsync(cancellationToken).ConfigureAwait(false);
                    read = await reading.ConfigureAwait(false);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Fault = error;
                    throw;
                }

                if (read == 0)
                    return;
                if (scanner?.Find(buffer.AsSpan(0, read)) is { } secret)
                    throw new SecretMisplacedException(secret, "in the body");
                await PassAsync(buffer.AsMemory(0, read), to, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task PassAsync(ReadOnlyMemory<byte> bytes, Stream to, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
            return;
        await exchange.SpendOutAsync(bytes.Length).ConfigureAwait(false);
        exchange.Open.WaitOut(true);
        await to.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await to.FlushAsync(cancellationToken).ConfigureAwait(false);
        exchange.Open.WaitOut(false);
    }
}
