namespace Vitrine.Egress.Dns;

/// <summary>Types of records (RFC 1035 section 3.2.2, RFC 3596, RFC 6891).</summary>
internal enum DnsType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>Another name for a name.</summary>
    Cname = 5,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,
}

/// <summary>Answer codes (RFC 1035 section 4.1.1).</summary>
internal enum DnsCode : byte
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The question cannot be read.</summary>
    FormatError = 1,

    /// <summary>The server failed.</summary>
    ServerFailure = 2,

    /// <summary>There is no such name.</summary>
    NoSuchName = 3,

    /// <summary>A kind of question nobody here answers.</summary>
    NotImplemented = 4,

    /// <summary>It will not be answered.</summary>
    Refused = 5,
}
