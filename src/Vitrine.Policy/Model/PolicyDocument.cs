using Vitrine.Policy.Model;

namespace Vitrine.Policy;

/// <summary>
/// What a person wrote (schema version 1). Every default is the tightest choice, so an empty policy is the tightest policy.
/// Nothing here has been judged against a host: <see cref="SandboxPlanner"/> does that.
/// </summary>
public sealed record PolicyDocument
{
    /// <summary>Version of the schema: 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>A short name for people, 1 to 64 characters of letters, digits, `.`, `_`, `-`. Default `default`.</summary>
    public string Name { get; init; } = "default";

    /// <summary>What it is for. Default empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who commands run as.</summary>
    public UserSettings User { get; init; } = new();

    /// <summary>`host`, or the directory of a root file system. Default `host`.</summary>
    public string Image { get; init; } = "host";

    /// <summary>The directory /workspace.</summary>
    public WorkspaceSettings Workspace { get; init; } = new();

    /// <summary>Host paths that go in. Default none.</summary>
    public IReadOnlyList<MountSettings> Mounts { get; init; } = [];

    /// <summary>Whether the root takes writes.</summary>
    public RootSettings Root { get; init; } = new();

    /// <summary>Memory file systems besides the usual ones, or other sizes for those.</summary>
    public IReadOnlyList<TmpfsSettings> Tmpfs { get; init; } = [];

    /// <summary>The limits. Always on.</summary>
    public LimitSettings Limits { get; init; } = new();

    /// <summary>Environment variables.</summary>
    public EnvironmentSettings Environment { get; init; } = new();

    /// <summary>Hosts that may be reached. Default none.</summary>
    public EgressSettings Egress { get; init; } = new();

    /// <summary>Credentials that hosts get and the sandbox does not, in the order of their names. Default none.</summary>
    public IReadOnlyList<SecretSettings> Secrets { get; init; } = [];

    /// <summary>System calls more or fewer than the built-in list.</summary>
    public SeccompSettings Seccomp { get; init; } = new();

    /// <summary>Layers without which it must not start.</summary>
    public LayerSettings Layers { get; init; } = new();

    /// <summary>Set in a policy for debugging: until when, why, and what it turns off.</summary>
    public DebugSettings? Debug { get; init; }

    /// <summary>The policy's own accept and deny tests.</summary>
    public PolicyTests Tests { get; init; } = new();

    /// <summary>Where each key stood in the text.</summary>
    public PolicySource Source { get; init; } = PolicySource.None;
}
