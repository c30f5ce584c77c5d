using Vitrine.Policy.Egress;

namespace Vitrine.Egress.Proxy;

/// <summary>Turns where a program connected to into who serves it.</summary>
internal sealed class ConnectionHandler(EgressSession session)
{
    /// <summary>Serves one connection until it is over.</summary>
    public async Task ServeAsync(IInsideConnection connection, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string address = AddressText.Of(connection.Address);
        var refusal = new Refusal(EgressCodes.Address, $"{address}:{connection.Port} is an address, and rules are about names", null,
            "Connect by the host's name, and allow that");
        connection.Refuse(refusal.Message);
        await session.Log.RefuseAsync(address, connection.Port, refusal).ConfigureAwait(false);
    }

    /// <summary>Answers a question for a name: REFUSED (RFC 1035 section 4.1.1).</summary>
    public Task<byte[]> AnswerAsync(ReadOnlyMemory<byte> query)
    {
        if (query.Length < 12 || session.Ending.IsCancellationRequested)
            return Task.FromResult(Array.Empty<byte>());
        ReadOnlySpan<byte> asked = query.Span;
        return Task.FromResult<byte[]>([asked[0], asked[1], (byte)(0x80 | (asked[2] & 0x79)), 5, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
