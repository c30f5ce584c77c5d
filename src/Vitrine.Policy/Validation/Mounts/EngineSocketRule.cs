namespace Vitrine.Policy.Validation.Mounts;

/// <summary>Whoever speaks to a container engine's socket is root on the host.</summary>
internal static class EngineSocketRule
{
    /// <summary>Where engines put their sockets when nobody says otherwise.</summary>
    public static readonly IReadOnlyList<string> UsualPaths =
    [
        "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock",
        "/run/dockershim.sock", "/run/buildkit/buildkitd.sock", "/run/k3s/containerd/containerd.sock",
            "/run/docker/containerd/containerd.sock",
        "/run/libvirt/libvirt-sock", "/run/lxd.socket", "/run/incus/unix.socket", "/var/lib/lxd/unix.socket", "/var/lib/incus/unix.socket",
        "/var/snap/lxd/common/lxd/unix.socket", "/run/firecracker.socket", "/run/snapd.socket",
    ];

    /// <summary>The same below a home directory.</summary>
    public static readonly IReadOnlyList<string> UsualPathsInHome =
        [".docker/run/docker.sock", ".docker/desktop/docker.sock", ".colima/default/docker.sock", ".rd/docker.sock",
            ".orbstack/run/docker.sock", ".lima/default/sock/docker.sock"];

    private static readonly string[] s_names =
        ["docker.sock", "containerd.sock", "podman.sock", "crio.sock", "cri-dockerd.sock", "dockershim.sock", "buildkitd.sock",
            "containerd.sock.ttrpc", "libvirt-sock"];

    private const string WayOut = "Run what needs the engine outside, or hand the sandbox only its results";

    public static MountVerdict? Judge(IHostFacts host, string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        if (IsSocketName(name) || UsualPaths.Concat(host.EngineSockets)
            .Any(socket => string.Equals(socket, Canonical(path), StringComparison.Ordinal)))
            return new MountVerdict("mount-engine-socket",
                "it is a container engine's socket, and whoever speaks to it is root on the host", WayOut);
        return host.EngineSockets.FirstOrDefault(socket => PathRules.IsBelow(socket, Canonical(path))) is { } held && path is not "/"
            ? new MountVerdict("mount-engine-socket",
                $"it holds the container engine's socket '{held}', and whoever speaks to that is root on the host", WayOut)
            : null;
    }

    /// <summary>Whether a name is one that engines give their sockets, wherever it stands.</summary>
    public static bool IsSocketName(ReadOnlySpan<char> name)
    {
        foreach (string candidate in s_names)
        {
            if (name.SequenceEqual(candidate)) return true;
        }

        return false;
    }

    private static string Canonical(string path) => path.StartsWith("/var/run/", StringComparison.Ordinal) ? path[4..] : path;
}
