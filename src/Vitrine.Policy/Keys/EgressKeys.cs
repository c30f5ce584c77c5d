namespace Vitrine.Policy.Keys;

/// <summary>Keys of the way out: rules, resolving, secrets.</summary>
internal static class EgressKeys
{
    private static readonly TextShape s_host = new(261);
    private static readonly SizeShape s_bytes = new(1024, 1L << 50);
    private static readonly ListShape s_ports = new(new UnionShape([new IntegerShape(1, 65535),
        new TextShape(11, "^[0-9]{1,5}-[0-9]{1,5}$")]), 64);

    public static readonly Key<TextShape> Host = new("host", s_host, "A name, or `*.name` for every name below it.", "", "api.example.org");
    public static readonly Key<TextShape> Preset = new("preset", new TextShape(32, "^[a-z][a-z0-9-]*$"),
        "Hosts of a registry or code host, as `vitrine egress presets` lists them, instead of `host`.", "", "npm");
    public static readonly Key<ListShape> Ports = new("ports", s_ports,
        "Ports and ranges. By default the usual one of the protocol; on the deny-list all.", "", "[443, 9000-9100]");
    public static readonly Key<ChoiceShape> Protocol = new("protocol", new ChoiceShape(["tls", "http", "ssh", "tcp"]),
        "What is spoken. By default what the port says: 22 `ssh`, 80 `http`, others `tls`. `tcp` lets any bytes through.", "", "tls");
    public static readonly Key<FlagShape> Inspect = new("inspect", new FlagShape(),
        "Whether the gateway ends TLS and judges each request. Implied by `methods`, `paths` and by a secret for the host.", "false",
            "true");
    public static readonly Key<ListShape> Methods = new("methods", new ListShape(new TextShape(32, "^[A-Z][A-Z0-9-]*$"), 32),
        "Methods allowed; without it all but TRACE and CONNECT.", "[]", "[GET, HEAD]");
    public static readonly Key<ListShape> Paths = new("paths", new ListShape(new TextShape(1024, PathPattern), 256),
        "Paths allowed, `*` for anything; without it all.", "[]", "[/v1/*]");
    public static readonly Key<FlagShape> Internal = new("internal", new FlagShape(),
        "Whether the name may resolve to private, link-local or loopback addresses. Cloud metadata stays refused.", "false", "true");
    public static readonly Key<ChoiceShape> Ech = new("ech", new ChoiceShape(["refuse", "allow"]),
        "Encrypted Client Hello, which hides the name that TLS asks for: `refuse` or `allow`.", "refuse", "allow");
    public static readonly Key<SizeShape> Bytes = new("bytes", s_bytes,
        "Bytes of both directions together that one sandbox may move by this rule; with a preset, for each of its hosts.", "", "1GiB");
    public static readonly Key<SizeShape> Rate = new("rate", s_bytes, "Bytes a second, both directions together.", "", "10MiB");
    public static readonly Key<TextShape> Id = new("id", new TextShape(64, "^[A-Za-z0-9][A-Za-z0-9._-]*$"),
        "Name of the rule in messages and in the audit trail; by default where it stands.", "", "model-api");

    public static readonly SectionShape Rule =
        new([Host, Preset, Ports, Protocol, Inspect, Methods, Paths, Internal, Ech, Bytes, Rate, Id]);

    public static readonly SectionShape Refusal = new([Host, Preset, Ports, Id]);

    public static readonly Key<ListShape> Allow = new("allow", new ListShape(new UnionShape([s_host, Rule]), 1024),
        "What may be reached: a preset, `name`, `*.name` or `name:port`, or a mapping.", "[]", "[npm, api.example.org]");
    public static readonly Key<ListShape> Deny = new("deny", new ListShape(new UnionShape([s_host, Refusal]), 1024),
        "What may not be reached, whatever is allowed; without a port on all ports.", "[]", "[telemetry.example.org]");
    public static readonly Key<ListShape> Resolvers = new("resolvers", new ListShape(new TextShape(64), 8),
        "Name servers by address, port 53 unless stated; those of the host's resolv.conf(5) without it.", "[]", "[\"10.0.0.53:53\"]");
    public static readonly Key<ListShape> Authorities = new("authorities", new ListShape(new TextShape(4096), 32),
        "PEM files on the host with further roots for servers' certificates; trusted inside too.", "[]", "[/etc/ssl/corp.pem]");
    public static readonly Key<TextShape> Proxy = new("proxy", new TextShape(300),
        "The HTTP proxy all allowed connections leave through, for hosts that have no other way; it then resolves the names.", "",
        "http://proxy.example.org:3128");
    public static readonly Key<IntegerShape> NamesPerWildcard = new("names-per-wildcard", new IntegerShape(1, 65536),
        "Different names below one wildcard that a sandbox may ask for; a name can carry data.", "256", "64");
    public static readonly Key<IntegerShape> Connections = new("connections", new IntegerShape(1, 192),
        "Connections open at once.", "128", "32");

    public static readonly SectionShape Section =
        new([Allow, Deny, Resolvers, Authorities, Proxy, NamesPerWildcard, Connections]);

    public static readonly Key<TextShape> FromEnvironment = new("env", new TextShape(256, VariablePattern), "A variable of the host.", "",
        "MODEL_KEY");
    public static readonly Key<TextShape> FromFile = new("file", new TextShape(4096),
        "A file of the host: absolute, `~/…`, or starting with `.`; its last line end does not count.", "", "~/.secrets/model-key");
    public static readonly Key<ListShape> FromCommand = new("command", new ListShape(new TextShape(4096), 64),
        "A program of the host with its arguments, run without a shell; what it prints, without the last line end.", "",
        "[pass, show, model-key]");
    public static readonly SectionShape Source = new([FromEnvironment, FromFile, FromCommand]);

    public static readonly Key<SectionShape> From = new("from", Source, "Where the value comes from: one of `env`, `file`, `command`.", "",
        "{env: MODEL_KEY}", true);
    public static readonly Key<ListShape> Hosts = new("hosts", new ListShape(s_host, 64),
        "Hosts that get it, each covered by a rule for TLS, which it turns into an inspected one.", "", "[api.example.org]", true);
    public static readonly Key<ListShape> Headers = new("headers", new ListShape(new TextShape(128, "^[A-Za-z0-9-]+$"), 16),
        "Headers in whose value the placeholder is replaced; Basic credentials are decoded first.", "[Authorization]", "[x-api-key]");
    public static readonly Key<ListShape> Body = new("body", new ListShape(new TextShape(128), 16),
        "Fields at the top level of a JSON or form body in whose value it is replaced.", "[]", "[api_key]");
    public static readonly SectionShape Secret = new([From, Hosts, Headers, Body]);
    public static readonly NamedSectionsShape Secrets = new(VariablePattern, 64, Secret);

    private const string VariablePattern = "^[A-Za-z_][A-Za-z0-9_]*$";
    private const string PathPattern = "^/";
}
