using System.Buffers.Binary;

namespace Vitrine.Egress.Dns;

/// <summary>Writes answers for programs inside.</summary>
internal static class DnsAnswer
{
    /// <summary>Seconds an address may be kept. It stays right for the life of the sandbox; what is allowed is asked at each
    /// connection.</summary>
    private const uint TimeToLive = 60;

    /// <summary>Writes an answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="code">How it went.</param>
    /// <param name="address">The IPv4 address asked for, in host order; null for none.</param>
    public static byte[] Write(in DnsQuestion question, DnsCode code, uint? address = null)
    {
        byte[] answer = new byte[DnsReader.HeaderSize + question.Section.Length + (address is null ? 0 : 16)];
        BinaryPrimitives.WriteUInt16BigEndian(answer, question.Id);
        // QR and RA; RD as asked.
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), (ushort)(0x8080 | (question.IsRecursionDesired ? 0x0100 : 0) | (int)code));
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4), (ushort)(question.Section.IsEmpty ? 0 : 1));
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)(address is null ? 0 : 1));
        question.Section.Span.CopyTo(answer.AsSpan(DnsReader.HeaderSize));
        if (address is not { } found)
            return answer;

        Span<byte> record = answer.AsSpan(DnsReader.HeaderSize + question.Section.Length);
        BinaryPrimitives.WriteUInt16BigEndian(record, 0xC000 | DnsReader.HeaderSize);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], (ushort)DnsType.A);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], TimeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(record[12..], found);
        return answer;
    }
}
