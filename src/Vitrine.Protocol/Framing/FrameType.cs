namespace Vitrine.Protocol.Framing;

/// <summary>What a frame says. Sender, moment and the peer's duty are in docs/protocol.md; an unknown type closes the sandbox.</summary>
public enum FrameType : byte
{
    /// <summary>Host, once, first: versions it speaks and how the guest must lock itself down.</summary>
    Hello = 0x01,

    /// <summary>Guest, once, after it locked itself down: the version chosen and what each layer did.</summary>
    Ready = 0x02,

    /// <summary>Either: asks for a <see cref="Pong"/> with the same token.</summary>
    Ping = 0x03,

    /// <summary>Either: answers a <see cref="Ping"/>.</summary>
    Pong = 0x04,

    /// <summary>Either, last: the reason why the sender closes the wire.</summary>
    GoAway = 0x05,

    /// <summary>Opens a channel. The host uses odd ids, the guest even ones.</summary>
    Open = 0x10,

    /// <summary>The channel is open.</summary>
    Opened = 0x11,

    /// <summary>The channel could not be opened; its id is free again.</summary>
    OpenFailed = 0x12,

    /// <summary>Bytes of one stream of the channel; never more than the credit left.</summary>
    Data = 0x13,

    /// <summary>The stream ends; no <see cref="Data"/> of it follows.</summary>
    Eof = 0x14,

    /// <summary>The receiver of a stream allows so many bytes more.</summary>
    Credit = 0x15,

    /// <summary>Host: a signal for the command.</summary>
    Signal = 0x16,

    /// <summary>Host: the new size of the command's terminal.</summary>
    Resize = 0x17,

    /// <summary>Guest: the command's first process ended.</summary>
    Exited = 0x18,

    /// <summary>Either: the channel is given up; for a command the guest kills its whole tree.</summary>
    Reset = 0x19,

    /// <summary>Guest, last on a channel: everything of it is over and its id is free.</summary>
    Closed = 0x1A,
}
