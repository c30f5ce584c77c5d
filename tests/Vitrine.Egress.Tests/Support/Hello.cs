using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Egress.Tests.Support;

/// <summary>Makes ClientHellos.</summary>
internal static class Hello
{
    /// <summary>A hello in one record.</summary>
    public static byte[] For(string? name, bool isEncrypted = false, int padding = 0) => Records(Message(Extensions(name, isEncrypted, padding)), int.MaxValue);

    public static byte[] Extensions(string? name, bool isEncrypted = false, int padding = 0)
    {
        List<byte> extensions = [.. Extension(43, [2, 3, 4]), .. Extension(16, [0, 3, 2, (byte)'h', (byte)'2'])];
        if (name is not null)
            extensions.AddRange(ServerName(name));
        if (isEncrypted)
            extensions.AddRange(Extension(0xFE0D, [0, 0, 1, 0, 1]));
        for (; padding > 0; padding -= 60000)
            extensions.AddRange(Extension((ushort)(21 + (padding / 60000)), new byte[Math.Min(padding, 60000)]));
        return [.. extensions];
    }

    public static byte[] ServerName(string name)
    {
        byte[] host = Encoding.ASCII.GetBytes(name);
        return Extension(0, [.. Number(host.Length + 3), 0, .. Number(host.Length), .. host]);
    }

    public static byte[] Extension(ushort type, byte[] content) => [.. Number(type), .. Number(content.Length), .. content];

    /// <summary>The handshake message with its type and length.</summary>
    public static byte[] Message(byte[] extensions)
    {
        byte[] body = [3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, .. Number(extensions.Length), .. extensions];
        return [1, (byte)(body.Length >> 16), .. Number(body.Length & 0xFFFF), .. body];
    }

    /// <summary>A message cut into records.</summary>
    public static byte[] Records(byte[] message, int size)
    {
        List<byte> bytes = [];
        size = Math.Min(size, 16384);
        for (int at = 0; at < message.Length; at += size)
        {
            byte[] part = message[at..Math.Min(message.Length, at + size)];
            bytes.AddRange([22, 3, 1, .. Number(part.Length), .. part]);
        }

        return [.. bytes];
    }

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
