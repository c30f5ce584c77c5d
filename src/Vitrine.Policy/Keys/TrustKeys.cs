using Vitrine.Policy.Plans;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Keys;

/// <summary>Keys of who and what is trusted with what: user, environment, egress, seccomp, layers, debugging.</summary>
internal static class TrustKeys
{
    public static readonly IntegerShape Id = new(0, UserIds.Highest);
    public static readonly Key<TextShape> UserName = new("name", new TextShape(32, "^[a-z_][a-z0-9_-]*$"), "Name inside.", "user",
        "builder");
    public static readonly Key<IntegerShape> Uid = new("uid", Id, "User id inside.", "1000", "1001");
    public static readonly Key<IntegerShape> Gid = new("gid", Id, "Group id inside; by default as the user id.", "1000", "1001");
    public static readonly Key<ListShape> Capabilities = new("capabilities", new ListShape(new ChoiceShape(CapabilityNames.Allowed), 8),
        "Capabilities of capabilities(7) that commands of root keep. Reported in the enforcement report.", "[]", "[CHOWN, FOWNER]");
    public static readonly SectionShape User = new([UserName, Uid, Gid, Capabilities]);
    public static readonly ChoiceShape UserChoice = new(["user", "root"]);

    public static readonly Key<TextMapShape> EnvironmentSet = new("set", new TextMapShape("^[A-Za-z_][A-Za-z0-9_]*$", 256, 32768),
        "Variables with their values.", "{}", "{TZ: Europe/Berlin}");
    public static readonly Key<ListShape> EnvironmentPass = new("pass", new ListShape(new TextShape(256, "^[A-Za-z_][A-Za-z0-9_]*$"), 256),
        "Variables of the host that go in as they are. Nothing passes unless named here.", "[]", "[CI]");
    public static readonly SectionShape Environment = new([EnvironmentSet, EnvironmentPass]);

    private static readonly ListShape s_calls = new(new TextShape(64, "^[a-z_][a-z0-9_]*$"), 512);
    public static readonly Key<ListShape> SeccompAllow = new("allow", s_calls,
        "System calls added to the built-in list; `ptrace` and its like only in a debugging policy, `bpf` and its like never.", "[]",
            "[personality]");
    public static readonly Key<ListShape> SeccompDeny = new("deny", s_calls, "System calls taken from the built-in list.", "[]",
        "[socket]");
    public static readonly SectionShape Seccomp = new([SeccompAllow, SeccompDeny]);

    public static readonly Key<ListShape> Require = new("require", new ListShape(new ChoiceShape(LayerNames.All), 32),
        "Layers without which the sandbox must not start.", "[]", "[user-namespace, landlock]");
    public static readonly SectionShape Layers = new([Require]);

    public static readonly Key<TimeShape> Until = new("until", new TimeShape(),
        "When it ends; at most 24 hours ahead. Afterwards the policy is refused.",
        "", "2026-01-31T18:00:00Z", true);
    public static readonly Key<TextShape> Reason = new("reason", new TextShape(512), "Why, for the audit trail.", "", "strace a crash",
        true);
    public static readonly Key<ListShape> Disable = new("disable", new ListShape(new ChoiceShape(DebugLayers.Names), 32),
        "Layers turned off.", "[]", "[landlock]");
    public static readonly SectionShape Debug = new([Until, Reason, Disable]);
}
