namespace Vitrine.Policy.Keys;

/// <summary>The keys of a policy's top level, in the order the documentation and the writer give them.</summary>
internal static class PolicyKeys
{
    public static readonly Key<IntegerShape> Version = new("version", new IntegerShape(1, 1), "Version of this schema.", "1", "1");
    public static readonly Key<TextShape> Name = new("name", new TextShape(64, "^[A-Za-z0-9][A-Za-z0-9._-]*$"),
        "A short name for people, shown in messages and in the audit trail.", "default", "nightly-report");
    public static readonly Key<TextShape> Description = new("description", new TextShape(1024), "What it is for.", "",
        "Reads a CSV, writes a report.");
    public static readonly Key<UnionShape> User = new("user", new UnionShape([TrustKeys.UserChoice, TrustKeys.Id, TrustKeys.User]),
        "Who commands run as, inside: a name, a number, or a mapping. Root inside is nobody outside.", "user", "root");
    public static readonly Key<TextShape> Image = new("image", new TextShape(4096), "`host`, or the directory of a root file system.",
        "host", "/srv/images/debian");
    public static readonly Key<SectionShape> Workspace =
        new("workspace", PlaceKeys.Workspace, "The directory /workspace, where commands start.", "", "{size: 1GiB}");
    public static readonly Key<ListShape> Mounts = new("mounts", new ListShape(PlaceKeys.Mount, 64),
        "Host paths that go in, and nothing else does.", "[]", "[{source: ./data, target: /data}]");
    public static readonly Key<UnionShape> Root = new("root", new UnionShape([PlaceKeys.RootReadOnly, PlaceKeys.RootSection]),
        "`read-only`, or `ephemeral`: a layer that takes writes and is thrown away.", "read-only", "{ephemeral: {size: 1GiB}}");
    public static readonly Key<ListShape> Tmpfs = new("tmpfs", new ListShape(PlaceKeys.Tmpfs, 64), "Memory file systems.", "[]",
        "[{path: /tmp, size: 1GiB}]");
    public static readonly Key<SectionShape> Limits = new("limits", LimitKeys.Section, "Limits, always on.", "", "{memory: 2GiB}");
    public static readonly Key<SectionShape> Environment =
        new("environment", TrustKeys.Environment, "Environment variables.", "", "{set: {TZ: UTC}}");
    public static readonly Key<SectionShape> Egress = new("egress", EgressKeys.Section, "Hosts that may be reached; none without it.", "",
        "{allow: [api.example.org]}");
    public static readonly Key<NamedSectionsShape> Secrets = new("secrets", EgressKeys.Secrets,
        "Credentials by the name of the variable that holds a placeholder for them inside.", "",
        "{MODEL_KEY: {from: {env: MODEL_KEY}, hosts: [api.example.org]}}");
    public static readonly Key<SectionShape> Seccomp = new("seccomp", TrustKeys.Seccomp,
        "System calls more or fewer than the built-in list.", "", "{deny: [socket]}");
    public static readonly Key<SectionShape> Layers = new("layers", TrustKeys.Layers, "What is demanded of the boundary's layers.", "",
        "{require: [landlock]}");
    public static readonly Key<SectionShape> Debug = new("debug", TrustKeys.Debug,
        "Marks a policy for debugging: less restrictive, shown as such everywhere, and expiring.",
        "", "{until: 2026-01-31T18:00:00Z, reason: strace a crash}");
    public static readonly Key<SectionShape> Tests = new("tests", TestKeys.Section,
        "The policy's own accept and deny tests, run by `vitrine policy test`.",
        "", "{deny: [{write: /usr}]}");

    public static readonly SectionShape Document = new(
        [Version, Name, Description, User, Image, Workspace, Mounts, Root, Tmpfs, Limits, Environment, Egress, Secrets, Seccomp, Layers,
            Debug, Tests]);
}
