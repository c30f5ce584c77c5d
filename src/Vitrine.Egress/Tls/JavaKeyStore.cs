using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Vitrine.Egress.Tls;

/// <summary>
/// Certificates as a Java key store (JKS), which every Java reads, whatever its default type (`keystore.type.compat`). Layout, numbers
/// big-endian:
/// `FE ED FE ED | u32 version 2 | u32 entries | each: u32 2 (trusted certificate), utf alias, u64 ms since 1970, utf "X.509", u32 length,
/// DER | SHA-1`,
/// utf being u16 length and bytes. The digest guards against accidents only, and is not even looked at without a password.
/// </summary>
internal static class JavaKeyStore
{
    // What keytool assumes for cacerts. It protects nothing: all in here is public.
    private const string Password = "changeit";

    [SuppressMessage("Security", "CA5350", Justification = "The format says SHA-1; what is in it is public.")]
    public static byte[] Write(IEnumerable<byte[]> certificates)
    {
        var body = new ArrayBufferWriter<byte>(256 * 1024);
        byte[][] all = [.. certificates];
        Number(body, 0xFEEDFEED);
        Number(body, 2);
        Number(body, (uint)all.Length);
        for (int index = 0; index < all.Length; index++)
        {
            Number(body, 2);
            Text(body, $"root-{index}");
            Number(body, 0);
            Number(body, 0);
            Text(body, "X.509");
            Number(body, (uint)all[index].Length);
            body.Write(all[index]);
        }

        // The digest's prefix is the format's own: password in UTF-16BE, then these two words.
        byte[] digest = SHA1.HashData([.. Encoding.BigEndianUnicode.GetBytes(Password), .. "Mighty Aphrodite"u8, .. body.WrittenSpan]);
        body.Write(digest);
        return body.WrittenSpan.ToArray();
    }

    private static void Number(ArrayBufferWriter<byte> body, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body.GetSpan(4), value);
        body.Advance(4);
    }

    private static void Text(ArrayBufferWriter<byte> body, string text)
    {
        BinaryPrimitives.WriteUInt16BigEndian(body.GetSpan(2), (ushort)text.Length);
        body.Advance(2);
        body.Write(Encoding.ASCII.GetBytes(text));
    }
}
