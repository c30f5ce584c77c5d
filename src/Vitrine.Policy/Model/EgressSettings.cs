using Vitrine.Policy.Plans;

namespace Vitrine.Policy.Model;

/// <summary>Hosts that may be reached, and the way there. Default none: loopback alone.</summary>
public sealed record EgressSettings
{
    /// <summary>What may be reached.</summary>
    public IReadOnlyList<EgressEntry> Allow { get; init; } = [];

    /// <summary>What may not, whatever is allowed: host or preset with its ports, all of them unless stated.</summary>
    public IReadOnlyList<EgressEntry> Deny { get; init; } = [];

    /// <summary>Name servers, `address:port`. Default those of the host.</summary>
    public IReadOnlyList<string> Resolvers { get; init; } = [];

    /// <summary>PEM files with further roots, as the policy spells their paths.</summary>
    public IReadOnlyList<string> Authorities { get; init; } = [];

    /// <summary>`http://host:port` of the proxy that all connections leave through. Default none.</summary>
    public string? Proxy { get; init; }

    /// <summary>Names below one wildcard that a sandbox may ask for, 1 to 65,536. Default 256.</summary>
    public int NamesPerWildcard { get; init; } = 256;

    /// <summary>Connections open at once, 1 to 192. Default 128.</summary>
    public int Connections { get; init; } = 128;
}

/// <summary>One item of the allow- or deny-list. Has either a host or a preset.</summary>
public sealed record EgressEntry
{
    /// <summary>A name or `*.name` in normal form; null for a preset.</summary>
    public string? Host { get; init; }

    /// <summary>Name of a preset; null for a host.</summary>
    public string? Preset { get; init; }

    /// <summary>Ports, ascending and disjoint; empty for the usual one of the protocol (for the preset's own; on the deny-list for
    /// all).</summary>
    public IReadOnlyList<PortRange> Ports { get; init; } = [];

    /// <summary>What is spoken; null for what the port says: 22 SSH, 80 HTTP, others TLS.</summary>
    public EgressProtocol? Protocol { get; init; }

    /// <summary>Whether requests are looked into; methods, paths and secrets imply it.</summary>
    public bool Inspect { get; init; }

    /// <summary>Methods allowed; empty for all.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Paths allowed; empty for all.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Whether the name may resolve to a private or loopback address.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether Encrypted Client Hello passes.</summary>
    public bool AllowEch { get; init; }

    /// <summary>Budget in bytes for each sandbox, both directions together; null for none.</summary>
    public long? Bytes { get; init; }

    /// <summary>Bytes a second, both directions together; null for as many as can be.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Id of the rule in messages and audit; null for where it stands.</summary>
    public string? Id { get; init; }
}
