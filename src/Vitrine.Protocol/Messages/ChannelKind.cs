namespace Vitrine.Protocol.Messages;

/// <summary>What an <see cref="Framing.FrameType.Open"/> asks for: the first byte of its payload.</summary>
public enum ChannelKind : byte
{
    /// <summary>Host: run a command. Payload: <see cref="CommandRequest"/>.</summary>
    Command = 1,

    /// <summary>Host: connect to a loopback port inside. Payload: port (u16).</summary>
    Dial = 2,

    /// <summary>Host: one file operation, done by a helper with the workload's identity. Payload: <see cref="FileRequest"/>.</summary>
    File = 3,

    /// <summary>Guest: an outgoing connection. Reserved for the egress gateway; refused until then.</summary>
    Connect = 16,

    /// <summary>Guest: a DNS question. Reserved for the egress gateway; refused until then.</summary>
    Resolve = 17,
}
