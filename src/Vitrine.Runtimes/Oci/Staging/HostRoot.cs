using Vitrine.Linux;
using Vitrine.Linux.Mounts;
using Vitrine.Linux.Paths;

namespace Vitrine.Runtimes.Oci.Staging;

/// <summary>What of the host the image `host` shows: programs and libraries, and the few configuration directories they need. No home, no /var, no /root.</summary>
internal sealed record HostRoot(IReadOnlyList<string> Directories, IReadOnlyDictionary<string, string> Links)
{
    private static readonly string[] Tops = ["bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr"];

    private static readonly string[] Configuration = ["etc/alternatives", "etc/fonts", "etc/ssl/certs", "etc/perl"];

    private static readonly string[] Files =
    [
        "etc/ld.so.cache", "etc/ld.so.conf", "etc/protocols", "etc/services", "etc/mime.types", "etc/gai.conf", "etc/inputrc", "etc/ssl/openssl.cnf",
    ];

    /// <summary>Looks at this host.</summary>
    public static HostRoot Read()
    {
        var directories = new List<string>();
        var links = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string top in Tops)
        {
            var info = new DirectoryInfo("/" + top);
            if (info.LinkTarget is { } target)
                links.Add(top, target);
            else if (info.Exists)
                directories.Add(top);
        }

        foreach (string path in Configuration)
        {
            if (new DirectoryInfo("/" + path) is { Exists: true, LinkTarget: null })
                directories.Add(path);
        }

        // Links of /etc into /usr: the time zone and the name of the distribution.
        foreach (string path in (ReadOnlySpan<string>)["etc/localtime", "etc/os-release"])
        {
            if (new FileInfo("/" + path).LinkTarget is { } target && Path.GetFullPath(target, "/etc").StartsWith("/usr/", StringComparison.Ordinal))
                links.Add(path, target);
        }

        return new HostRoot(directories, links);
    }

    /// <summary>Clones each directory, in the mount namespace of the host.</summary>
    public IReadOnlyList<(string Path, DetachedMount Mount)> CloneAll(Microsoft.Win32.SafeHandles.SafeFileHandle? userNamespace, out bool mapped)
    {
        var clones = new List<(string, DetachedMount)>();
        mapped = userNamespace is not null;
        foreach (string path in Directories)
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = PathHandle.Open("/" + path);
            DetachedMount clone = DetachedMount.Clone(handle, "/" + path);
            clones.Add((path, clone));
            try
            {
                clone.Set(MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoDevices, mapped ? userNamespace : null);
            }
            catch (LinuxException e) when (mapped && e.Errno == Errno.EINVAL)
            {
                // An overlay (a host that is itself a container) cannot be ID-mapped: its files show as nobody's, which is reported.
                mapped = false;
                clone.Set(MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoDevices);
            }
        }

        return clones;
    }

    /// <summary>Fills the layer that all sandboxes of this process share: links, mount points, and copies of small files that hold no secret.</summary>
    public void Fill(TreeBuilder tree)
    {
        foreach (string path in Directories)
            tree.Directory(path);
        foreach ((string path, string target) in Links)
            tree.Link(path, target);
        foreach (string path in Files)
        {
            if (new FileInfo("/" + path) is { Exists: true, LinkTarget: null, Length: < 1 << 20 })
                tree.File(path, File.ReadAllBytes("/" + path));
        }
    }
}
