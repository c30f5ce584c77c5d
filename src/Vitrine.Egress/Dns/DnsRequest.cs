using System.Buffers.Binary;
using System.Text;

namespace Vitrine.Egress.Dns;

/// <summary>Writes questions to servers outside.</summary>
internal static class DnsRequest
{
    /// <summary>A message that asks one thing, recursion desired.</summary>
    /// <param name="id">Number the answer must repeat.</param>
    /// <param name="name">A host name in normal form.</param>
    /// <param name="type">What to ask for.</param>
    /// <exception cref="ArgumentException">The name has no form on the wire.</exception>
    public static byte[] Write(ushort id, string name, DnsType type)
    {
        byte[] message = new byte[DnsReader.HeaderSize + name.Length + 2 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        message[2] = 1;
        message[5] = 1;
        int at = DnsReader.HeaderSize;
        foreach (string label in name.Split('.'))
        {
            if (label.Length is 0 or > 63 || !Ascii.IsValid(label) || name.Length > 253)
                throw new ArgumentException($"'{name}' has no form on the wire", nameof(name));
            message[at] = (byte)label.Length;
            at += 1 + Encoding.ASCII.GetBytes(label, message.AsSpan(at + 1));
        }

        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 1), (ushort)type);
        message[at + 4] = 1;
        return message;
    }
}
