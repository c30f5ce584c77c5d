using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>
/// A connection to a loopback port inside: the payload of <see cref="FrameType.Open"/> behind <see cref="ChannelKind.Dial"/>.
/// </summary>
/// <param name="Port">TCP port on 127.0.0.1 inside, 1 to 65535.</param>
public readonly record struct DialRequest(ushort Port)
{
    /// <summary>Writes the payload, without the kind.</summary>
    public void Write(WireWriter writer) => writer.U16(Port);

    /// <summary>Reads the payload behind the kind.</summary>
    public static DialRequest Read(ref WireReader reader) => new(reader.U16());
}
