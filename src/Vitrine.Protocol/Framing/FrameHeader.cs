using System.Buffers.Binary;

namespace Vitrine.Protocol.Framing;

/// <summary>
/// The eight bytes before each payload, little-endian:
/// <code>
///  0        4      5       6         8
///  ├─length─┼─type─┼─stream┼─channel─┤ payload …
/// </code>
/// </summary>
/// <param name="Length">Bytes of payload, 0 to <see cref="WireLimits.MaxPayload"/>.</param>
/// <param name="Type">What the frame says.</param>
/// <param name="Stream">The stream for <see cref="FrameType.Data"/>, <see cref="FrameType.Eof"/> and <see cref="FrameType.Credit"/>; 0
/// otherwise.</param>
/// <param name="Channel">The channel; 0 for frames about the whole wire.</param>
public readonly record struct FrameHeader(int Length, FrameType Type, ChannelStream Stream, ushort Channel)
{
    /// <summary>The header of a frame that is about no stream.</summary>
    /// <param name="type">What the frame says.</param>
    /// <param name="length">Bytes of payload.</param>
    /// <param name="channel">The channel; 0 for frames about the whole wire.</param>
    public static FrameHeader Control(FrameType type, int length, ushort channel = 0) => new(length, type, ChannelStream.Input, channel);

    /// <summary>Writes the header to the first <see cref="WireLimits.HeaderSize"/> bytes of <paramref name="target"/>.</summary>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)Length);
        target[4] = (byte)Type;
        target[5] = (byte)Stream;
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], Channel);
    }

    /// <summary>Reads a header from a peer that may be hostile.</summary>
    /// <exception cref="ProtocolException">Length over the bound, unknown type or stream, or a stream or channel where none
    /// belongs.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (length > WireLimits.MaxPayload)
            throw new ProtocolException($"a frame of {length} bytes is over the limit of {WireLimits.MaxPayload}");
        var type = (FrameType)source[4];
        bool control = type is >= FrameType.Hello and <= FrameType.GoAway;
        if (!control && type is not (>= FrameType.Open and <= FrameType.Closed))
            throw new ProtocolException($"frame type 0x{source[4]:x2} is unknown");
        if (source[5] > (byte)ChannelStream.Error)
            throw new ProtocolException($"stream {source[5]} is unknown");
        if (source[5] != 0 && type is not (FrameType.Data or FrameType.Eof or FrameType.Credit))
            throw new ProtocolException($"frame type {type} names stream {source[5]}");
        ushort channel = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]);
        if (control != (channel == 0))
            throw new ProtocolException($"frame type {type} on channel {channel}");
        return new FrameHeader((int)length, type, (ChannelStream)source[5], channel);
    }
}
