using Vitrine.Egress;

namespace Vitrine.Engine;

/// <summary>Where an engine keeps its state and which parts it uses.</summary>
public sealed record EngineOptions
{
    /// <summary>Directory for what lives no longer than the sandboxes: /run/vitrine as root, $XDG_RUNTIME_DIR/vitrine otherwise.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Directory for what outlives them (audit, images): /var/lib/vitrine as root, ~/.local/state/vitrine otherwise.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Name of the cgroup that all sandboxes of this engine are made in; `vitrine` by default.</summary>
    public string CgroupName { get; init; } = "vitrine";

    /// <summary>Name or path of the OCI runtime; null for `crun`, else `runc`.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>The static guest binary on this host.</summary>
    public required string GuestPath { get; init; }

    /// <summary>Name of the audit chain this engine writes: 1 to 64 characters of `[a-z0-9-]`.</summary>
    public required string AuditWriterName { get; init; }

    /// <summary>Whether many engines of this name run at once, each for a short time: each then takes a free chain `NAME-N`. False by default.</summary>
    public bool SharesAuditName { get; init; }

    /// <summary>Sandboxes that can be under construction at once, 1 to 16; 1 by default.</summary>
    public int CreateWorkers { get; init; } = 1;

    /// <summary>Helpers kept prepared for the next command in each sandbox, 0 to 4; 0 for one-shot runs.</summary>
    public byte PreparedHelpers { get; init; }

    /// <summary>Times and sizes of the gateway, which is made with the first sandbox that has a way out. Its clock is <see cref="Clock"/>.</summary>
    public EgressGatewayOptions Egress { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the audit chains are.</summary>
    public string AuditDirectory => Path.Combine(DataDirectory, "audit");

    /// <summary>Where unpacked images are.</summary>
    public string ImageDirectory => Path.Combine(DataDirectory, "images");

    /// <summary>The options of this user and environment (VITRINE_STATE_DIR, VITRINE_DATA_DIR, VITRINE_CGROUP, VITRINE_GUEST, VITRINE_RUNTIME).</summary>
    /// <param name="writerName">Name of the audit chain to write.</param>
    /// <exception cref="EngineException">The guest binary is not there (`guest-missing`).</exception>
    public static EngineOptions FromEnvironment(string writerName)
    {
        return new EngineOptions
        {
            StateDirectory = Environment.GetEnvironmentVariable("VITRINE_STATE_DIR")
                ?? (IsRoot ? "/run/vitrine" : UserStateDirectory()),
            DataDirectory = DataDirectoryFromEnvironment(),
            CgroupName = Environment.GetEnvironmentVariable("VITRINE_CGROUP") ?? "vitrine",
            RuntimePath = Environment.GetEnvironmentVariable("VITRINE_RUNTIME"),
            GuestPath = FindGuest(),
            AuditWriterName = writerName,
        };
    }

    /// <summary>The data directory of this user and environment, for who only reads what is there.</summary>
    public static string DataDirectoryFromEnvironment() =>
        Environment.GetEnvironmentVariable("VITRINE_DATA_DIR")
        ?? (IsRoot ? "/var/lib/vitrine" : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "vitrine"));

    /// <summary>Set to the user's id where `vitrine` started itself again in a user namespace, where it is id 0 and yet not root.</summary>
    public const string RootlessVariable = "VITRINE_ROOTLESS";

    private static bool IsRoot => Environment.GetEnvironmentVariable(RootlessVariable) is null && string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    private static string UserStateDirectory() =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime)
            ? Path.Combine(runtime, "vitrine")
            : Path.Combine("/tmp", "vitrine-" + (Environment.GetEnvironmentVariable(RootlessVariable) ?? Environment.UserName));

    private static string FindGuest()
    {
        if (Environment.GetEnvironmentVariable("VITRINE_GUEST") is { Length: > 0 } named)
        {
            return File.Exists(named)
                ? named
                : throw new EngineException("guest-missing", $"VITRINE_GUEST names the guest binary {named}, which is not there; correct or unset it.");
        }

        const string name = "vitrine-guest";
        string beside = Path.Combine(AppContext.BaseDirectory, name);
        if (File.Exists(beside))
            return beside;
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string published = Path.Combine(at.FullName, "publish", "Vitrine.Guest", "release", name);
            if (File.Exists(published))
                return published;
        }

        throw new EngineException(
            "guest-missing",
            $"The guest binary {name} is neither beside {AppContext.BaseDirectory} nor published; run `./vitrine` from the repository once, or set VITRINE_GUEST.");
    }
}
