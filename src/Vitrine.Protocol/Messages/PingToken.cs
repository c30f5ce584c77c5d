using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>The payload of <see cref="FrameType.Ping"/> and of the <see cref="FrameType.Pong"/> that answers it.</summary>
/// <param name="Value">Any number; it comes back unchanged.</param>
public readonly record struct PingToken(ulong Value)
{
    /// <summary>Bytes of the payload.</summary>
    public const int Size = sizeof(ulong);

    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer.U64(Value);

    /// <summary>Reads the payload.</summary>
    public static PingToken Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var token = new PingToken(reader.U64());
        reader.End();
        return token;
    }
}
