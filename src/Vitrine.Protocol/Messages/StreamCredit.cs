using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>The payload of <see cref="FrameType.Credit"/>.</summary>
/// <param name="Bytes">Bytes more that the sender of the stream may send, at least 1; in total never more than <see
/// cref="WireLimits.MaxStreamCredit"/> unused.</param>
public readonly record struct StreamCredit(uint Bytes)
{
    /// <summary>Bytes of the payload.</summary>
    public const int Size = sizeof(uint);

    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer.U32(Bytes);

    /// <summary>Reads the payload.</summary>
    public static StreamCredit Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var credit = new StreamCredit(reader.U32());
        reader.End();
        if (credit.Bytes is 0 or > WireLimits.MaxStreamCredit)
            throw new ProtocolException($"a credit of {credit.Bytes} bytes is not between 1 and {WireLimits.MaxStreamCredit}");
        return credit;
    }
}
