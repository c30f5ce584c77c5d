using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Egress.Tls;

/// <summary>What the gateway reads of a ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2).</summary>
/// <param name="ServerName">The host_name of its server_name extension (RFC 6066 section 3), as it came; null without one.</param>
/// <param name="HasEncryptedHello">Whether it carries encrypted_client_hello (RFC 9849).</param>
/// <param name="Protocols">Names of application protocols offered (RFC 7301).</param>
internal sealed record ClientHello(string? ServerName, bool HasEncryptedHello, IReadOnlyList<string> Protocols)
{
    private const ushort ServerNameExtension = 0;
    private const ushort ProtocolsExtension = 16;
    private const ushort EncryptedHelloExtension = 0xFE0D;

    /// <summary>Reads the body of the handshake message, without its type and length.</summary>
    /// <param name="body">The body, whole; hostile.</param>
    /// <param name="hello">What it says.</param>
    /// <returns>What is wrong with it, after "the ClientHello"; null when nothing is. What a server might read in another way is
    /// wrong.</returns>
    public static string? Read(ReadOnlySpan<byte> body, out ClientHello? hello)
    {
        hello = null;
        // legacy_version 2, random 32, legacy_session_id <0..32>, cipher_suites <2..2^16-2>, legacy_compression_methods <1..2^8-1>
        if (body.Length < 34 || body[0] != 3)
            return "has no TLS version";
        body = body[34..];
        if (!TryTake(ref body, 1, out ReadOnlySpan<byte> session) || session.Length > 32)
            return "has no session id";
        if (!TryTake(ref body, 2, out ReadOnlySpan<byte> suites) || suites.IsEmpty || suites.Length % 2 != 0)
            return "has no cipher suites";
        if (!TryTake(ref body, 1, out ReadOnlySpan<byte> compressions) || compressions.IsEmpty)
            return "has no compression methods";
        if (body.IsEmpty)
        {
            hello = new ClientHello(null, false, []);
            return null;
        }

        return !TryTake(ref body, 2, out ReadOnlySpan<byte> extensions) || !body.IsEmpty
            ? "has extensions of another length than it says"
            : ReadExtensions(extensions, out hello);
    }

    private static string? ReadExtensions(ReadOnlySpan<byte> extensions, out ClientHello? hello)
    {
        hello = null;
        string? name = null;
        bool isEncrypted = false;
        List<string> protocols = [];
        HashSet<ushort> seen = [];
        while (!extensions.IsEmpty)
        {
            if (extensions.Length < 2)
                return "has half an extension";
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TryTake(ref extensions, 2, out ReadOnlySpan<byte> content))
                return "has half an extension";
            if (!seen.Add(type))
                return $"has extension {type} twice";
            string? error = type switch
            {
                ServerNameExtension => ReadServerName(content, out name),
                ProtocolsExtension => ReadProtocols(content, protocols),
                _ => null,
            };
            if (error is not null)
                return error;
            isEncrypted |= type == EncryptedHelloExtension;
        }

        hello = new ClientHello(name, isEncrypted, protocols);
        return null;
    }

    /// <summary>One name of type host_name, and nothing else: no client sends more, and servers differ in which they would take.</summary>
    private static string? ReadServerName(ReadOnlySpan<byte> content, out string? name)
    {
        const string Error = "has a server name in a form no client sends";
        name = null;
        if (!TryTake(ref content, 2, out ReadOnlySpan<byte> list) || !content.IsEmpty || list.IsEmpty || list[0] != 0)
            return Error;
        list = list[1..];
        if (!TryTake(ref list, 2, out ReadOnlySpan<byte> host) || !list.IsEmpty || host.Length is 0 or > 255)
            return Error;
        if (host.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) >= 0)
            return Error;
        name = Encoding.ASCII.GetString(host);
        return null;
    }

    private static string? ReadProtocols(ReadOnlySpan<byte> content, List<string> protocols)
    {
        const string Error = "has application protocols that cannot be read";
        if (!TryTake(ref content, 2, out ReadOnlySpan<byte> list) || !content.IsEmpty)
            return Error;
        while (!list.IsEmpty)
        {
            if (!TryTake(ref list, 1, out ReadOnlySpan<byte> protocol) || protocol.IsEmpty)
                return Error;
            protocols.Add(Encoding.Latin1.GetString(protocol));
        }

        return null;
    }

    /// <summary>Takes a vector: its length in one or two bytes, and as many bytes.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> bytes, int lengthSize, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (bytes.Length < lengthSize)
            return false;
        int length = lengthSize == 1 ? bytes[0] : BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length - lengthSize < length)
            return false;
        content = bytes.Slice(lengthSize, length);
        bytes = bytes[(lengthSize + length)..];
        return true;
    }
}
