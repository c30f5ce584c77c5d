using Microsoft.Win32.SafeHandles;
using Vitrine.Linux;
using Vitrine.Linux.Mounts;
using Vitrine.Linux.Namespaces;
using Vitrine.Linux.Paths;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Identity;

namespace Vitrine.Runtimes.Oci.Staging;

/// <summary>All mounts a sandbox takes from the host, cloned and ready, before its root is put together.</summary>
internal sealed class RootMaterial : IDisposable
{
    private RootMaterial()
    {
    }

    /// <summary>The image's directory; null for the image `host`.</summary>
    public DetachedMount? Image { get; private set; }

    /// <summary>Directories of the image `host`, with their paths inside; empty for another image.</summary>
    public IReadOnlyList<(string Path, DetachedMount Mount)> HostDirectories { get; private set; } = [];

    /// <summary>Mounts of the plan.</summary>
    public IReadOnlyList<MountSource> Mounts { get; private set; } = [];

    /// <summary>The namespace that maps the image's ids to the sandbox's; null without a user namespace.</summary>
    public SafeFileHandle? UserNamespace { get; private set; }

    /// <summary>Whether the image's files show the sandbox's own ids.</summary>
    public bool ImageMapped { get; private set; }

    /// <summary>passwd(5) for the sandbox.</summary>
    public string Passwd { get; private set; } = "";

    /// <summary>group(5) for the sandbox.</summary>
    public string Group { get; private set; } = "";

    /// <summary>Opens and judges everything, in the mount namespace of the host.</summary>
    /// <exception cref="RuntimeException">An image or a mount is not as planned.</exception>
    public static async Task<RootMaterial> OpenAsync(SandboxPlan plan, HostRoot host, HostIdRange range, CancellationToken cancellationToken)
    {
        // Paths of the plan mean what they mean on the host: a thread that strayed into a stage's namespace would judge other files.
        if (!NamespaceThread.IsOutside())
            throw new InvalidOperationException("a thread of the pool is in a stage's mount namespace");
        var material = new RootMaterial();
        try
        {
            if (!plan.DisabledLayers.Contains(Layer.UserNamespace))
                material.UserNamespace = await range.WholeAsync(cancellationToken).ConfigureAwait(false);
            if (plan.Image.Kind == ImageKind.Host)
                material.OpenHost(plan, host);
            else
                material.OpenDirectory(plan);
            var mounts = new List<MountSource>();
            material.Mounts = mounts;
            foreach (MountPlan mount in plan.Mounts)
                mounts.Add(await MountSource.OpenAsync(mount, plan, range, cancellationToken).ConfigureAwait(false));
            return material;
        }
        catch
        {
            material.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Image?.Dispose();
        foreach ((_, DetachedMount mount) in HostDirectories)
            mount.Dispose();
        foreach (MountSource mount in Mounts)
            mount.Dispose();
    }

    private void OpenHost(SandboxPlan plan, HostRoot host)
    {
        HostDirectories = host.CloneAll(UserNamespace, out bool mapped);
        ImageMapped = mapped;
        (Passwd, Group) = (Accounts.Passwd(null, plan.User), Accounts.Group(null, plan.User));
    }

    private void OpenDirectory(SandboxPlan plan)
    {
        SafeFileHandle handle;
        try
        {
            handle = PathHandle.Open(plan.Image.Path);
        }
        catch (LinuxException e)
        {
            throw new RuntimeException("image-missing", $"The image {plan.Image.Path} cannot be used: {e.Message}. Name a directory that holds a root file system.", e);
        }

        using (handle)
        {
            if (!PathStatus.Of(handle).IsDirectory || PathHandle.RealPath(handle) != plan.Image.Path)
            {
                throw new RuntimeException("image-changed",
                    $"The image {plan.Image.Path} is not the directory that the plan was made for, but {PathHandle.RealPath(handle)}. Start again.");
            }

            Image = DetachedMount.Clone(handle, plan.Image.Path);
            Passwd = Accounts.Passwd(ReadSmall(handle, "etc/passwd"), plan.User);
            Group = Accounts.Group(ReadSmall(handle, "etc/group"), plan.User);
        }

        const MountAttributes attributes = MountAttributes.ReadOnly | MountAttributes.NoSetId | MountAttributes.NoDevices;
        try
        {
            Image.Set(attributes, UserNamespace);
            ImageMapped = UserNamespace is not null;
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL && UserNamespace is not null)
        {
            Image.Set(attributes);
        }
    }

    /// <summary>A file of a hostile image: a link, a device or something endless is as good as none.</summary>
    private static string? ReadSmall(SafeFileHandle image, string path)
    {
        try
        {
            using SafeFileHandle handle = PathHandle.OpenBelow(image, path);
            if (!PathStatus.Of(handle).IsRegularFile)
                return null;
            using SafeFileHandle readable = PathHandle.Reopen(handle);
            byte[] buffer = new byte[1 << 20];
            int length = RandomAccess.Read(readable, buffer, 0);
            return length == buffer.Length ? null : System.Text.Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
