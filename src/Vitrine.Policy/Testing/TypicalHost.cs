using Vitrine.Policy.Validation;

namespace Vitrine.Policy;

/// <summary>
/// A model of a usual Linux host, on which policies' own tests are judged: two people (alice asks, bob does not), a project with a .env,
/// data below
/// /srv, Docker and containerd running, credentials where people have them. Nothing of the real host is looked at.
/// </summary>
public sealed class TypicalHost : IHostFacts
{
    private static readonly string[] s_directories =
    [
        "/", "/bin", "/boot", "/dev", "/etc", "/home", "/home/alice", "/home/bob", "/lib", "/mnt", "/opt", "/proc", "/root", "/run", "/srv",
            "/sys", "/tmp", "/usr", "/var",
        "/usr/bin", "/usr/lib", "/usr/share", "/var/lib", "/var/log", "/etc/ssl", "/etc/ssl/certs", "/etc/ssl/private", "/etc/ssh",
            "/etc/kubernetes", "/var/lib/docker",
        "/home/alice/.ssh", "/home/alice/.aws", "/home/alice/.config", "/home/alice/.config/gcloud", "/home/alice/.docker",
            "/home/alice/.kube", "/home/alice/.gnupg",
        "/home/alice/.mozilla", "/home/bob/.ssh", "/root/.ssh", "/run/containerd", "/var/lib/vitrine", "/run/vitrine",
    ];

    private static readonly string[] s_files =
        ["/etc/passwd", "/etc/shadow", "/etc/hostname", "/home/alice/.netrc", "/home/alice/.npmrc", "/home/alice/.git-credentials",
            "/home/alice/.bash_history"];

    private static readonly string[] s_sockets = ["/run/containerd/containerd.sock", "/run/docker.sock", "/run/dbus/system_bus_socket"];

    private static readonly string[] s_devices = ["/dev/kvm", "/dev/mem", "/dev/null", "/dev/sda"];

    // Below these everything is there: a directory of alice's.
    private static readonly string[] s_open = ["/srv", "/mnt", "/opt", "/data", "/home/alice/project", "/home/alice/data"];

    private static readonly HostScanEntry[] s_project = [new(".env", false), new(".git", true), new("README.md", false), new("src", true),
        new(".git/config", false), new("src/main.py", false)];

    /// <inheritdoc/>
    public bool IsRoot => true;

    /// <inheritdoc/>
    public long? HardOpenFilesLimit => 1_048_576;

    /// <inheritdoc/>
    public string? OwnHome => "/home/alice";

    /// <inheritdoc/>
    public IReadOnlyList<string> HomeDirectories => ["/home/alice", "/home/bob", "/root"];

    /// <inheritdoc/>
    public IReadOnlyList<string> EngineSockets => [s_sockets[0], s_sockets[1]];

    /// <inheritdoc/>
    public IReadOnlyList<string> StateDirectories => ["/run/vitrine", "/var/lib/vitrine"];

    /// <inheritdoc/>
    public HostPath ResolvePath(string path) =>
        RealPath(path) is { } real ? new HostPath(real, Kind(real)) { Owner = Owner(real) } : new HostPath(path, HostPathKind.Missing);

    /// <inheritdoc/>
    public string? RealPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string real = path.StartsWith("/var/run/", StringComparison.Ordinal) || path is "/var/run" ? path[4..] : path;
        bool known = s_directories.Concat(s_files).Concat(s_sockets).Concat(s_devices).Contains(real, StringComparer.Ordinal);
        return known || s_open.Any(open => PathRules.IsAtOrBelow(real, open)) ? real : null;
    }

    /// <inheritdoc/>
    public HostScan Scan(string directory, int maxEntries, int maxDepth) =>
        directory is "/home/alice/project" ? new HostScan(s_project, true) : new HostScan([], true);

    /// <inheritdoc/>
    public string? ReadText(string path, int maxBytes) => null;

    private static HostPathKind Kind(string path)
    {
        if (s_sockets.Contains(path, StringComparer.Ordinal)) return HostPathKind.Socket;
        if (s_devices.Contains(path, StringComparer.Ordinal)) return HostPathKind.Device;
        bool isFile = s_files.Contains(path, StringComparer.Ordinal)
            || s_project.Any(entry => !entry.IsDirectory && path.EndsWith($"/project/{entry.RelativePath}", StringComparison.Ordinal));
        return isFile ? HostPathKind.File : HostPathKind.Directory;
    }

    private static HostOwner Owner(string path) =>
        s_open.Any(open => PathRules.IsBelow(path, open)) || PathRules.IsAtOrBelow(path, "/home/alice") ? new(1000, 1000) : new(0, 0);
}
