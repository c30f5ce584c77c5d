namespace Vitrine.Protocol.Framing;

/// <summary>The bounds both ends hold. A peer that passes one is broken or hostile, and the wire is closed (HARDENING, numbers).</summary>
public static class WireLimits
{
    /// <summary>Newest protocol version this build speaks.</summary>
    public const ushort MaxVersion = 1;

    /// <summary>Oldest protocol version this build speaks.</summary>
    public const ushort MinVersion = 1;

    /// <summary>Bytes of a frame's header.</summary>
    public const int HeaderSize = 8;

    /// <summary>Most bytes of payload in one frame: 64 KiB with the header.</summary>
    public const int MaxPayload = (64 * 1024) - HeaderSize;

    /// <summary>Most channels open at once.</summary>
    public const int MaxChannels = 256;

    /// <summary>Most of them that the guest may have opened.</summary>
    public const int MaxGuestChannels = 192;

    /// <summary>Most bytes of one DNS question of a guest.</summary>
    public const int MaxQuery = 4096;

    /// <summary>Most bytes of credit one stream may hold (two such streams make the 256 KiB of a channel).</summary>
    public const int MaxStreamCredit = 128 * 1024;

    /// <summary>Credit in bytes a stream gets when its channel opens, where the receiver's total allows no more.</summary>
    public const int MinStreamCredit = 4 * 1024;

    /// <summary>Most bytes of received, unread data the host holds for one sandbox, over all channels: 4 MiB.</summary>
    public const int MaxSandboxBuffer = 4 * 1024 * 1024;

    /// <summary>Most bytes of one string on the wire (UTF-8).</summary>
    public const int MaxString = 32 * 1024;

    /// <summary>Most items of one list on the wire.</summary>
    public const int MaxItems = 4096;
}
