using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>
/// A DNS question that a program inside sent by UDP, as it came: the payload of <see cref="FrameType.Open"/> behind
/// <see cref="ChannelKind.Resolve"/>. Its first credit of <see cref="ChannelStream.Input"/>, on which the answer comes, is
/// <see cref="WireLimits.MinStreamCredit"/>.
/// </summary>
/// <param name="Query">The datagram, at most <see cref="WireLimits.MaxQuery"/> bytes; whatever a program chose to send.</param>
public readonly record struct ResolveRequest(ReadOnlyMemory<byte> Query)
{
    /// <summary>Writes the payload, without the kind.</summary>
    public void Write(WireWriter writer) => writer.Blob(Query.Span);

    /// <summary>Reads the payload behind the kind.</summary>
    public static ResolveRequest Read(ref WireReader reader)
    {
        ReadOnlySpan<byte> query = reader.Blob();
        return query.Length <= WireLimits.MaxQuery
            ? new ResolveRequest(query.ToArray())
            : throw new ProtocolException($"a question of {query.Length} bytes is over the limit of {WireLimits.MaxQuery}");
    }
}
