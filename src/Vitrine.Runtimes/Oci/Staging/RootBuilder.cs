using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux;
using Vitrine.Linux.Mounts;
using Vitrine.Linux.Namespaces;
using Vitrine.Linux.Paths;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Configuration;
using Vitrine.Runtimes.Oci.Identity;

namespace Vitrine.Runtimes.Oci.Staging;

/// <summary>
/// Puts a sandbox's root together below `STAGE/ID`, on the stage's thread, in this order:
/// <list type="number">
/// <item>a memory file system with the skeleton: real directories for mount points, laid over the image so that links of a hostile image are shadowed;</item>
/// <item>the root: skeleton over image, read-only or with a throw-away layer;</item>
/// <item>read-only directories behind overlays without an upper layer, through which host sockets cannot be reached (HARDENING, F3);</item>
/// <item>memory file systems and mounts of the plan, by the order of their targets;</item>
/// <item>pseudo-terminals and /dev/shm beside the root, for the runtime to bind below /dev.</item>
/// </list>
/// Layers are named by paths relative to the working directory, so that mountinfo inside shows no path of the host.
/// </summary>
internal sealed class RootBuilder(SandboxPlan plan, RootMaterial material, ExtraFiles files, string stage, string directory, IdMap ids)
{
    private const MountAttributes Sealed = MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoDevices;

    private readonly List<(string Target, TreeBuilder Tree, DetachedMount Mount)> _memory = [];

    /// <summary>Builds it and writes the bundle's `config.json`.</summary>
    /// <exception cref="LinuxException">A mount failed.</exception>
    /// <exception cref="RuntimeException">`mount-target`: a mount has no place to be.</exception>
    public void Build(byte[] config)
    {
        using DetachedMount scratch = DetachedMount.Create("tmpfs", MountAttributes.NoSetId | MountAttributes.NoDevices, ("mode", "0755"));
        var tree = new TreeBuilder(scratch.Root, ids.User(0), ids.Group(0));
        tree.Root(0x1ED);
        foreach (string name in (ReadOnlySpan<string>)["empty", "lower", "pts", "root", "runtime", "shm", "upper"])
            tree.Directory(name);
        tree.File("blank", "", 0x124); // 0444
        tree.File("config.json", config);
        Skeleton(tree);
        Directory.CreateDirectory(directory);
        scratch.Attach(directory);
        PathHandle.ChangeDirectory(directory);
        try
        {
            using SafeFileHandle root = AttachRoot();
            Layer(stage + "/guest", root, GuestIdentity.Path[..GuestIdentity.Path.LastIndexOf('/')], Sealed);
            foreach ((string path, DetachedMount mount) in material.HostDirectories)
                Layer(mount, root, "/" + path, Sealed, files.LayerOver("/" + path) is { } extra ? [extra, "lower"] : ["lower", "empty"]);
            foreach ((string target, object what) in InOrder())
            {
                if (what is TmpfsPlan tmpfs)
                    Attach(root, target, Memory(tmpfs));
                else
                    Attach(root, (MountSource)what);
            }

            Terminals();
        }
        finally
        {
            PathHandle.ChangeDirectory("/");
            foreach ((_, _, DetachedMount mount) in _memory)
                mount.Dispose();
        }
    }

    private void Skeleton(TreeBuilder tree)
    {
        foreach (string path in (ReadOnlySpan<string>)["dev", "proc", "sys", "run", "tmp", "etc", ".vitrine"])
            tree.Directory("skeleton/" + path);
        Opaque(tree, "skeleton/run");
        Opaque(tree, "skeleton/.vitrine");
        tree.File("skeleton/etc/passwd", material.Passwd);
        tree.File("skeleton/etc/group", material.Group);
        tree.File("skeleton/etc/hostname", plan.Hostname + "\n");
        tree.File("skeleton/etc/hosts", $"127.0.0.1 localhost {plan.Hostname}\n::1 localhost ip6-localhost ip6-loopback\n");

        // Without a way out nobody listens at 127.0.0.1:53, and a question fails at once.
        tree.File("skeleton/etc/resolv.conf", plan.Egress is null ? "nameserver 127.0.0.1\n" : "nameserver 198.18.0.1\noptions timeout:2 attempts:1\n");
        if (material.Image is null)
            tree.File("skeleton/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n");
        foreach ((string target, object what) in InOrder())
        {
            if (IsBelowAnother(target) || target.StartsWith("/dev/", StringComparison.Ordinal))
                continue;
            if (what is MountSource { IsDirectory: false })
                tree.File("skeleton" + target, "");
            else
                tree.Directory("skeleton" + target);
        }

        files.Lay(tree);
    }

    private SafeFileHandle AttachRoot()
    {
        // The layer below the skeleton: the image, or what all sandboxes of the image `host` share.
        if (material.Image is not null)
            material.Image.Attach("lower");
        else
            AttachShared();
        DetachedMount overlay;
        if (plan.Root.Writable)
        {
            using DetachedMount upper = DetachedMount.Create("tmpfs", MountAttributes.NoSetId | MountAttributes.NoDevices,
                ("size", Number(plan.Root.SizeBytes)), ("nr_inodes", Number(plan.Root.MaxInodes)), ("mode", "0755"));
            var tree = new TreeBuilder(upper.Root, ids.User(0), ids.Group(0));
            tree.Root(0x1ED);
            tree.Directory("u");
            tree.Directory("w");
            upper.Attach("upper");
            overlay = Overlay(MountAttributes.NoSetId | MountAttributes.NoDevices, ("lowerdir", "skeleton:lower"), ("upperdir", "upper/u"), ("workdir", "upper/w"), ("index", "off"));
        }
        else
        {
            overlay = Overlay(Sealed, ("lowerdir", "skeleton:lower"));
        }

        using (overlay)
            overlay.Attach("root");
        return PathHandle.Open("root");
    }

    private void AttachShared()
    {
        using SafeFileHandle shared = PathHandle.Open(stage + "/host");
        using DetachedMount clone = DetachedMount.Clone(shared, "host");
        try
        {
            clone.Set(Sealed, material.UserNamespace);
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            clone.Set(Sealed); // tmpfs takes an ID mapping from Linux 6.3 on; before, these few links and files show as nobody's.
        }

        clone.Attach("lower");
    }

    private void Attach(SafeFileHandle root, MountSource source)
    {
        MountAttributes attributes = MountSource.Attributes(source.Plan);
        if (source.Plan.ReadOnly && source.IsDirectory)
            Layer(source.Mount, root, source.Plan.Target, attributes);
        else
            Attach(root, source.Plan.Target, source.Mount);
        foreach (string mask in source.Plan.Masks)
            Mask(root, $"{source.Plan.Target}/{mask}");
    }

    /// <summary>Covers a path with nothing; a path that is not there needs no cover.</summary>
    private static void Mask(SafeFileHandle root, string path)
    {
        SafeFileHandle target;
        try
        {
            target = PathHandle.OpenBelow(root, path[1..]);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return;
        }

        using (target)
        {
            using SafeFileHandle cover = PathHandle.Open(PathStatus.Of(target).IsDirectory ? "empty" : "blank");
            using DetachedMount clone = DetachedMount.Clone(cover, path);
            clone.Set(Sealed | MountAttributes.NoExecute);
            clone.Attach(target, path);
        }
    }

    private void Layer(string source, SafeFileHandle root, string target, MountAttributes attributes)
    {
        using SafeFileHandle handle = PathHandle.Open(source);
        using DetachedMount clone = DetachedMount.Clone(handle, source);
        Layer(clone, root, target, attributes);
    }

    private void Layer(DetachedMount lower, SafeFileHandle root, string target, MountAttributes attributes, params ReadOnlySpan<string> layers)
    {
        // The root's own overlay has its layers for itself by now; each later one uses the same mount point in turn.
        MountPoint.Detach("lower");
        lower.Attach("lower");
        using DetachedMount overlay = Overlay(attributes, ("lowerdir", layers.IsEmpty ? "lower:empty" : string.Join(':', layers)));
        Attach(root, target, overlay);
    }

    /// <summary>In a user namespace of our own the kernel lets an overlay keep its marks in `user.` attributes only (overlayfs documentation, "userxattr").</summary>
    private static DetachedMount Overlay(MountAttributes attributes, params ReadOnlySpan<(string Key, string Value)> layers) => OwnUserNamespace.IsInitial
        ? DetachedMount.Create("overlay", attributes, [.. layers, ("redirect_dir", "nofollow"), ("metacopy", "off")])
        : DetachedMount.Create("overlay", attributes, [.. layers, ("redirect_dir", "nofollow"), ("metacopy", "off"), ("userxattr", "")]);

    private static void Opaque(TreeBuilder tree, string path)
    {
        if (OwnUserNamespace.IsInitial)
        {
            tree.Opaque(path);
            return;
        }

        try
        {
            tree.Opaque(path, "user.overlay.opaque");
        }
        catch (LinuxException e) when (e.Errno == Errno.EOPNOTSUPP)
        {
            // tmpfs has such attributes from Linux 6.6 on; before, what an image holds below /run can be seen.
        }
    }

    private DetachedMount Memory(TmpfsPlan tmpfs)
    {
        MountAttributes attributes = MountAttributes.NoSetId | MountAttributes.NoDevices | (tmpfs.Executable ? MountAttributes.None : MountAttributes.NoExecute);
        DetachedMount mount = DetachedMount.Create("tmpfs", attributes, ("size", Number(tmpfs.SizeBytes)), ("nr_inodes", Number(tmpfs.MaxInodes)));

        // By chown instead of mount options: those would show host ids in mountinfo inside.
        (uint uid, uint gid) = tmpfs.OwnedByUser ? (ids.User(plan.User.Uid), ids.Group(plan.User.Gid)) : (ids.User(0), ids.Group(0));
        var tree = new TreeBuilder(mount.Root, uid, gid);
        tree.Root((uint)tmpfs.Mode);
        files.Lay(new TreeBuilder(mount.Root, ids.User(0), ids.Group(0)), tmpfs.Target);
        _memory.Add((tmpfs.Target, tree, mount));
        return mount;
    }

    private void Attach(SafeFileHandle root, string target, DetachedMount mount)
    {
        if (target == "/dev/shm")
        {
            mount.Attach("shm");
            return;
        }

        MakeMountPoint(target);
        SafeFileHandle place;
        try
        {
            place = PathHandle.OpenBelow(root, target[1..]);
        }
        catch (LinuxException e)
        {
            throw new RuntimeException("mount-target",
                $"Nothing can be mounted at {target}: {e.Message}. Inside a read-only mount the directory must exist already, and no part of the path may be a link.", e);
        }

        using (place)
            mount.Attach(place, target);
    }

    /// <summary>Below a memory file system the mount point is made in it; on the root the skeleton has it; anywhere else it must be there.</summary>
    private void MakeMountPoint(string target)
    {
        (string Target, TreeBuilder Tree, DetachedMount Mount) parent = _memory.Where(w => target.StartsWith(w.Target + "/", StringComparison.Ordinal)).OrderByDescending(static w => w.Target.Length).FirstOrDefault();
        if (parent.Tree is null || material.Mounts.Any(m => m.Plan.Target.Length > parent.Target.Length && IsBelow(target, m.Plan.Target)))
            return;
        string path = target[(parent.Target.Length + 1)..];
        if (material.Mounts.Any(m => m.Plan.Target == target && !m.IsDirectory))
            parent.Tree.File(path, "");
        else
            parent.Tree.Directory(path);
    }

    private void Terminals()
    {
        using DetachedMount mount = DetachedMount.Create("devpts", MountAttributes.NoSetId | MountAttributes.NoExecute,
            ("ptmxmode", "0666"), ("mode", "0620"), ("gid", Number(ids.Group(5))));
        mount.Attach("pts");
    }

    private IEnumerable<(string Target, object What)> InOrder() => plan.Tmpfs.Select(static t => (t.Target, (object)t))
        .Concat(material.Mounts.Select(static m => (m.Plan.Target, (object)m)))
        .OrderBy(static p => p.Target, StringComparer.Ordinal);

    private bool IsBelowAnother(string target) => plan.Tmpfs.Any(t => IsBelow(target, t.Target)) || material.Mounts.Any(m => IsBelow(target, m.Plan.Target))
        || material.HostDirectories.Any(d => IsBelow(target, "/" + d.Path));

    private static bool IsBelow(string target, string other) => target.Length > other.Length && target.StartsWith(other + "/", StringComparison.Ordinal);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
