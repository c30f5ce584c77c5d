using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Egress.Proxy;

/// <summary>The two messages of a SOCKS5 client that matter (RFC 1928), read step by step. Bytes are hostile; each message is at most 262
/// bytes.</summary>
internal static class SocksRequest
{
    /// <summary>Bytes of the longest message.</summary>
    public const int MaxBytes = 262;

    /// <summary>Reads the greeting: version 5, count, methods.</summary>
    /// <param name="bytes">What came so far.</param>
    /// <param name="length">Its length in bytes once it is whole.</param>
    /// <returns>Whether it is whole and offers "no authentication", is not whole (null), or is anything else (false).</returns>
    public static bool? ReadGreeting(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length > 0 && bytes[0] != 5)
            return false;
        if (bytes.Length < 2 || bytes.Length < 2 + bytes[1])
            return null;
        length = 2 + bytes[1];
        return bytes[2..length].Contains((byte)0);
    }

    /// <summary>Reads the request: version 5, command, 0, kind of address, address, port.</summary>
    /// <param name="bytes">What came so far.</param>
    /// <param name="length">Its length in bytes once it is whole.</param>
    /// <param name="host">The name, or the IPv4 address in dotted form.</param>
    /// <param name="port">The port.</param>
    /// <returns>Succeeded when it asks for a connection; null when it is not whole; else how it is to be answered.</returns>
    public static SocksReply? ReadRequest(ReadOnlySpan<byte> bytes, out int length, out string host, out ushort port)
    {
        length = 0;
        host = "";
        port = 0;
        if (bytes.Length > 0 && bytes[0] != 5)
            return SocksReply.Failed;
        if (bytes.Length > 1 && bytes[1] != 1)
            return SocksReply.CommandNotSupported;
        if (bytes.Length > 2 && bytes[2] != 0)
            return SocksReply.Failed;
        if (bytes.Length < 5)
            return null;
        int size;
        switch (bytes[3])
        {
            case 1:
                size = 4;
                break;
            case 3:
                size = 1 + bytes[4];
                break;
            default:
                return SocksReply.AddressNotSupported;
        }

        if (bytes.Length < 4 + size + 2)
            return null;
        length = 4 + size + 2;
        ReadOnlySpan<byte> address = bytes.Slice(4, size);
        port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(4 + size)..]);
        // Latin1, so that no two names read the same; what is no host name is refused by the rules.
        host = bytes[3] == 1 ? AddressText.Of(AddressText.Number(address)) : Encoding.Latin1.GetString(address[1..]);
        return SocksReply.Succeeded;
    }
}

/// <summary>How a request is answered (RFC 1928 section 6).</summary>
internal enum SocksReply : byte
{
    /// <summary>Connected.</summary>
    Succeeded = 0,

    /// <summary>It failed.</summary>
    Failed = 1,

    /// <summary>The rules do not allow it.</summary>
    NotAllowed = 2,

    /// <summary>The host cannot be reached.</summary>
    HostUnreachable = 4,

    /// <summary>The host refused.</summary>
    ConnectionRefused = 5,

    /// <summary>Nothing answered in time.</summary>
    Expired = 6,

    /// <summary>Anything but CONNECT.</summary>
    CommandNotSupported = 7,

    /// <summary>Anything but a name or an IPv4 address.</summary>
    AddressNotSupported = 8,
}
