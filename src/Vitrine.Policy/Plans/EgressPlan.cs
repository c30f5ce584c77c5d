namespace Vitrine.Policy.Plans;

/// <summary>The way out, decided. Not part of it: values of secrets, which are read when a sandbox is made and never leave memory.</summary>
public sealed record EgressPlan
{
    /// <summary>What is allowed, in the policy's order. Of several that match, the first one decides.</summary>
    public IReadOnlyList<EgressRule> Allow { get; init; } = [];

    /// <summary>What is refused whatever <see cref="Allow"/> says; judged first.</summary>
    public IReadOnlyList<EgressRule> Deny { get; init; } = [];

    /// <summary>Credentials given to hosts.</summary>
    public IReadOnlyList<SecretPlan> Secrets { get; init; } = [];

    /// <summary>Name servers the gateway asks, `address:port`; empty for those of the host's resolv.conf(5).</summary>
    public IReadOnlyList<string> Resolvers { get; init; } = [];

    /// <summary>PEM files on the host with further roots for servers' certificates, absolute paths; they are trusted inside, too.</summary>
    public IReadOnlyList<string> Authorities { get; init; } = [];

    /// <summary>`http://host:port` of the proxy all allowed connections leave through; null for none. The proxy then resolves names.</summary>
    public string? UpstreamProxy { get; init; }

    /// <summary>Different names below one wildcard that one sandbox may ask for before the rest is refused. Default 256.</summary>
    public int NamesPerWildcard { get; init; } = 256;

    /// <summary>Connections open at once, 1 to 192. Default 128.</summary>
    public int Connections { get; init; } = 128;
}

/// <summary>One line of the allow- or deny-list.</summary>
public sealed record EgressRule
{
    /// <summary>Stable id for messages and audit: the policy's `id`, else where it stands, for instance `egress.allow[2]` or `egress.allow[0]/pypi`.</summary>
    public required string Id { get; init; }

    /// <summary>Lower-case name in its ASCII form, `api.example.org`, or `*.example.org`, which stands for every name below but not for itself.</summary>
    public required string Host { get; init; }

    /// <summary>Ports, ascending and disjoint; never empty.</summary>
    public IReadOnlyList<PortRange> Ports { get; init; } = [];

    /// <summary>What is spoken.</summary>
    public EgressProtocol Protocol { get; init; }

    /// <summary>Whether the gateway ends TLS and judges each request. Implied by methods, paths and secrets; always so for <see cref="EgressProtocol.Http"/>.</summary>
    public bool Inspect { get; init; }

    /// <summary>Methods allowed, upper case; empty for all but TRACE and CONNECT.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Paths allowed: exact, or with `*` for anything but nothing empty at the end, as `/v1/*`; empty for all.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Whether the name may resolve to private, link-local or loopback addresses. Cloud metadata addresses stay refused.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether a ClientHello with Encrypted Client Hello passes.</summary>
    public bool AllowEch { get; init; }

    /// <summary>Bytes of both directions together that one sandbox may move by this rule; null for no budget.</summary>
    public long? Bytes { get; init; }

    /// <summary>Bytes a second, both directions together; null for no budget.</summary>
    public long? BytesPerSecond { get; init; }
}

/// <summary>Ports from the first to the last, both in it.</summary>
/// <param name="First">1 to 65535.</param>
/// <param name="Last">Not less than the first.</param>
public readonly record struct PortRange(ushort First, ushort Last);

/// <summary>What is spoken on a connection.</summary>
public enum EgressProtocol
{
    /// <summary>TLS whose ClientHello names the host.</summary>
    Tls,

    /// <summary>HTTP without TLS.</summary>
    Http,

    /// <summary>SSH.</summary>
    Ssh,

    /// <summary>Anything over TCP.</summary>
    Tcp,
}

/// <summary>A credential that the gateway puts in on the way to its hosts. Inside, a placeholder stands for it.</summary>
public sealed record SecretPlan
{
    /// <summary>Its name, and that of the variable inside that holds the placeholder.</summary>
    public required string Name { get; init; }

    /// <summary>Where the value comes from on the host.</summary>
    public required SecretSource From { get; init; }

    /// <summary>Hosts it is for: names as in <see cref="EgressRule.Host"/>, each covered by an inspected rule for TLS.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Headers in whose value the placeholder is replaced. Default Authorization, Basic credentials decoded.</summary>
    public IReadOnlyList<string> Headers { get; init; } = ["Authorization"];

    /// <summary>Fields of a JSON or form body, at its top level, in whose value it is replaced. Default none.</summary>
    public IReadOnlyList<string> BodyFields { get; init; } = [];
}

/// <summary>Where a secret's value comes from.</summary>
/// <param name="Kind">Which kind.</param>
/// <param name="Text">Name of the host's variable, or absolute path of the file; empty for a command.</param>
/// <param name="Command">Program and arguments, run on the host without a shell; its output without the last line end is the value.</param>
public sealed record SecretSource(SecretSourceKind Kind, string Text, IReadOnlyList<string> Command);

/// <summary>Kinds of sources.</summary>
public enum SecretSourceKind
{
    /// <summary>A variable of the host.</summary>
    Environment,

    /// <summary>A file of the host.</summary>
    File,

    /// <summary>The output of a program on the host.</summary>
    Command,
}
