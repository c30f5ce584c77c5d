using Vitrine.Policy.Model;

namespace Vitrine.Policy.Keys;

/// <summary>Keys of a policy's own tests.</summary>
internal static class TestKeys
{
    private static readonly TextShape s_subject = new(4096);

    /// <summary>The key of each <see cref="PolicyTestKind"/>, in the order of that enumeration.</summary>
    public static readonly Key<TextShape>[] Kinds =
    [
        new("mount", s_subject, "Adding this mount: `source:target` or `source:target:rw`.", "", "/srv/data:/data"),
        new("write", s_subject, "Writing at this path inside.", "", "/workspace/out"),
        new("execute", s_subject, "Executing a file made at this path inside.", "", "/workspace/a.out"),
        new("env", s_subject, "This variable being set inside, on a host that has it.", "", "PATH"),
        new("limit", s_subject, "Using this much: `key=value`.", "", "memory=1GiB"),
        new("syscall", s_subject, "This system call.", "", "ptrace"),
        new("host", s_subject, "Connecting to `name` (port 443) or `name:port`; with ` METHOD /path` that request.", "",
            "api.example.org POST /v1/x"),
        new("layer", s_subject, "This layer being on.", "", "landlock"),
        new("capability", s_subject, "Commands holding this capability.", "", "CHOWN"),
        new("start", s_subject, "The policy giving a plan at `at` or at this later time.", "", "now"),
    ];

    public static Key<TextShape> Of(PolicyTestKind kind) => Kinds[(int)kind];

    public static readonly SectionShape Case = new(Kinds);
    public static readonly Key<TimeShape> At = new("at", new TimeShape(), "The time the tests are judged at; now unless stated.", "",
        "2026-01-31T12:00:00Z");
    public static readonly Key<ListShape> Accept = new("accept", new ListShape(Case, 256), "What must be allowed; one key each.", "[]",
        "[write: /workspace]");
    public static readonly Key<ListShape> Deny = new("deny", new ListShape(Case, 256), "What must be refused; one key each.", "[]",
        "[write: /usr]");
    public static readonly SectionShape Section = new([At, Accept, Deny]);
}
