using System.Net;

namespace Vitrine.Egress.Dns;

/// <summary>What a server outside answered.</summary>
/// <param name="Code">How it went.</param>
/// <param name="IsTruncated">Whether it is to be asked again over TCP.</param>
/// <param name="Addresses">Addresses of the name at the end of the chain.</param>
/// <param name="Alias">That name, where it is another one than asked for.</param>
/// <param name="TimeToLive">Seconds all of it may be kept; 0 to 60.</param>
internal sealed record DnsReply(DnsCode Code, bool IsTruncated, IReadOnlyList<IPAddress> Addresses, string? Alias, int TimeToLive)
{
    /// <summary>Names in a chain of aliases, over all answers.</summary>
    public const int MaxAliases = 8;

    /// <summary>Seconds an answer is kept at most.</summary>
    public const int MaxTimeToLive = 60;

    private const int MaxAddresses = 32;
    private const ushort Internet = 1;

    /// <summary>Reads a message; hostile.</summary>
    /// <param name="message">The message.</param>
    /// <param name="id">Number of the question.</param>
    /// <param name="name">Name asked for.</param>
    /// <param name="type">Type asked for.</param>
    /// <returns>Null when it is not a readable answer to that question.</returns>
    public static DnsReply? Read(ReadOnlySpan<byte> message, ushort id, string name, DnsType type)
    {
        var reader = new DnsReader(message);
        if (!reader.TryReadUInt16(out ushort readId) || readId != id || !reader.TryReadUInt16(out ushort flags)
            || (flags & 0xF800) != 0x8000
            || !reader.TryReadUInt16(out ushort questions) || questions != 1 || !reader.TryReadUInt16(out ushort answers)
            || !reader.TryReadUInt32(out _)
            || !reader.TryReadName(isCompressible: false, out string asked) || !string.Equals(asked, name, StringComparison.Ordinal)
            || !reader.TryReadUInt16(out ushort askedType) || askedType != (ushort)type
            || !reader.TryReadUInt16(out ushort askedClass) || askedClass != Internet)
            return null;
        bool isTruncated = (flags & 0x0200) != 0;
        var code = (DnsCode)(flags & 0xF);
        return isTruncated || code != DnsCode.None
            ? new DnsReply(code, isTruncated, [], null, 0)
            : ReadAnswers(ref reader, answers, name, type);
    }

    private static DnsReply? ReadAnswers(ref DnsReader reader, int count, string name, DnsType type)
    {
        var aliases = new Dictionary<string, (string Target, uint TimeToLive)>(StringComparer.Ordinal);
        var found = new List<(string Owner, IPAddress Address, uint TimeToLive)>();
        for (int index = 0; index < count; index++)
        {
            if (!reader.TryReadName(isCompressible: true, out string owner) || !reader.TryReadUInt16(out ushort rowType)
                || !reader.TryReadUInt16(out ushort rowClass) || !reader.TryReadUInt32(out uint timeToLive)
                || !reader.TryReadUInt16(out ushort size))
                return null;
            int start = reader.Position;
            if (rowClass == Internet && rowType == (ushort)DnsType.Cname)
            {
                if (!reader.TryReadName(isCompressible: true, out string target) || reader.Position != start + size)
                    return null;
                // A name has one alias or none (RFC 2181 section 10.1).
                if (!aliases.TryAdd(owner, (target, timeToLive)))
                    return null;
                continue;
            }

            if (!reader.TryReadBytes(size, out ReadOnlySpan<byte> data))
                return null;
            if (rowClass != Internet || rowType != (ushort)type)
                continue;
            if (size != (type == DnsType.A ? 4 : 16))
                return null;
            if (found.Count < MaxAddresses)
                found.Add((owner, new IPAddress(data), timeToLive));
        }

        return Follow(name, aliases, found);
    }

    private static DnsReply? Follow(
        string name,
        Dictionary<string, (string Target, uint TimeToLive)> aliases,
        List<(string Owner, IPAddress Address, uint TimeToLive)> found)
    {
        string at = name;
        uint shortest = MaxTimeToLive;
        for (int step = 0; aliases.TryGetValue(at, out (string Target, uint TimeToLive) alias); step++)
        {
            if (step == MaxAliases)
                return null;
            at = alias.Target;
            shortest = Math.Min(shortest, alias.TimeToLive);
        }

        List<IPAddress> addresses = [];
        foreach ((string owner, IPAddress address, uint timeToLive) in found)
        {
            if (!string.Equals(owner, at, StringComparison.Ordinal))
                continue;
            addresses.Add(address);
            shortest = Math.Min(shortest, timeToLive);
        }

        return new DnsReply(DnsCode.None, false, addresses, string.Equals(at, name, StringComparison.Ordinal) ? null : at, (int)shortest);
    }
}
