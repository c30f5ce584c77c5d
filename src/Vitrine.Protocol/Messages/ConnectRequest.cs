using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>
/// A TCP connection that a program inside made, which the guest asks the host to take: the payload of <see cref="FrameType.Open"/> behind
/// <see cref="ChannelKind.Connect"/>. Where it goes is the guest's word.
/// </summary>
/// <param name="Address">The IPv4 address the program connected to, as a number: 198.18.0.1 is 0xC6120001.</param>
/// <param name="Port">The TCP port it connected to.</param>
/// <param name="InputCredit">Bytes of <see cref="ChannelStream.Input"/> the host may send at first; at most
/// <see cref="WireLimits.MaxStreamCredit"/>.</param>
public readonly record struct ConnectRequest(uint Address, ushort Port, uint InputCredit)
{
    /// <summary>Writes the payload, without the kind.</summary>
    public void Write(WireWriter writer) => writer.U32(Address).U16(Port).U32(InputCredit);

    /// <summary>Reads the payload behind the kind.</summary>
    public static ConnectRequest Read(ref WireReader reader)
    {
        var request = new ConnectRequest(reader.U32(), reader.U16(), reader.U32());
        return request.InputCredit <= WireLimits.MaxStreamCredit
            ? request
            : throw new ProtocolException(
                $"an input credit of {request.InputCredit} bytes is over the limit of {WireLimits.MaxStreamCredit}");
    }
}
