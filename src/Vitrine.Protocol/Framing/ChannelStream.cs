namespace Vitrine.Protocol.Framing;

/// <summary>Which byte stream of a channel a frame is about. Each has a credit of its own.</summary>
public enum ChannelStream : byte
{
    /// <summary>Host to guest: standard input, terminal input, or the bytes of a forwarded connection.</summary>
    Input = 0,

    /// <summary>Guest to host: standard output, terminal output, or the bytes of a forwarded connection.</summary>
    Output = 1,

    /// <summary>Guest to host: standard error.</summary>
    Error = 2,
}
