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

    /// <summary>Guest: a connection that a program inside made. Payload: <see cref="ConnectRequest"/>.</summary>
    Connect = 16,

    /// <summary>Guest: a DNS question of a program inside. Payload: <see cref="ResolveRequest"/>.</summary>
    Resolve = 17,
}
