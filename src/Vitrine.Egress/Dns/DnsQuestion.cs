namespace Vitrine.Egress.Dns;

/// <summary>What a message asks.</summary>
/// <param name="Id">Number that the answer repeats.</param>
/// <param name="IsRecursionDesired">A flag that the answer repeats.</param>
/// <param name="Name">The name, as <see cref="DnsReader.TryReadName"/> gives it.</param>
/// <param name="Type">Type of record asked for.</param>
/// <param name="Class">1 for the internet.</param>
/// <param name="Section">Bytes of the question, to be repeated as they came.</param>
internal readonly record struct DnsQuestion(
    ushort Id, bool IsRecursionDesired, string Name, DnsType Type, ushort Class, ReadOnlyMemory<byte> Section)
{
    /// <summary>Longest message that is read, bytes.</summary>
    public const int LongestMessage = 4096;

    /// <summary>Reads a message from a client.</summary>
    /// <param name="message">The message; hostile.</param>
    /// <param name="question">What it asks; only the number and flag where the code is not <see cref="DnsCode.None"/>.</param>
    /// <returns>None when it asks one thing in a form that is understood; null when it deserves no answer at all.</returns>
    /// <remarks>Records after the question (EDNS0 among them, RFC 6891) mean nothing here and are not looked at.</remarks>
    public static DnsCode? Read(ReadOnlyMemory<byte> message, out DnsQuestion question)
    {
        question = default;
        var reader = new DnsReader(message.Span);
        if (message.Length > LongestMessage || !reader.TryReadUInt16(out ushort id) || !reader.TryReadUInt16(out ushort flags)
            || !reader.TryReadUInt16(out ushort questions) || !reader.TryReadUInt16(out ushort answers)
            || !reader.TryReadUInt16(out ushort authorities) || !reader.TryReadUInt16(out _))
            return null;
        if ((flags & 0x8000) != 0)
            return null;
        question = new DnsQuestion(id, (flags & 0x0100) != 0, "", default, 0, default);
        if ((flags & 0x7800) != 0)
            return DnsCode.NotImplemented;
        if (questions != 1 || answers != 0 || authorities != 0 || (flags & 0x0200) != 0)
            return DnsCode.FormatError;
        if (!reader.TryReadName(isCompressible: false, out string name) || !reader.TryReadUInt16(out ushort type)
            || !reader.TryReadUInt16(out ushort @class))
            return DnsCode.FormatError;
        question = question with
        {
            Name = name,
            Type = (DnsType)type,
            Class = @class,
            Section = message[DnsReader.HeaderSize..reader.Position],
        };
        return DnsCode.None;
    }
}
