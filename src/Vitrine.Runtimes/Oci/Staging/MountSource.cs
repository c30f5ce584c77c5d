using Microsoft.Win32.SafeHandles;
using Vitrine.Linux;
using Vitrine.Linux.Mounts;
using Vitrine.Linux.Paths;
using Vitrine.Policy.Plans;
using Vitrine.Runtimes.Oci.Identity;

namespace Vitrine.Runtimes.Oci.Staging;

/// <summary>A host path of the plan, judged again on the descriptor from which its mount was cloned: no later change of the path matters.</summary>
/// <param name="Plan">What the plan says.</param>
/// <param name="Mount">The mount, ready but for being attached.</param>
/// <param name="IsDirectory">Whether it is a directory; a regular file otherwise.</param>
internal sealed record MountSource(MountPlan Plan, DetachedMount Mount, bool IsDirectory) : IDisposable
{
    /// <summary>Opens, judges and clones it, in the mount namespace of the host.</summary>
    /// <exception cref="RuntimeException">`mount-missing`, `mount-changed`, `mount-kind`, `mount-owner`, `mount-socket`.</exception>
    public static async Task<MountSource> OpenAsync(MountPlan plan, SandboxPlan sandbox, HostIdRange range, CancellationToken cancellationToken)
    {
        using SafeFileHandle handle = Open(plan);
        PathStatus status = PathStatus.Of(handle);
        if (!status.IsDirectory && !status.IsRegularFile)
        {
            throw new RuntimeException("mount-kind",
                $"{plan.Source} is neither a directory nor a regular file, so it cannot be mounted. Mount the directory that holds plain data instead.");
        }

        if (range.IsShared && !plan.ReadOnly && status.Uid != 0)
        {
            throw new RuntimeException("mount-owner",
                $"{plan.Source} does not belong to this user, and without root a writable mount acts as this user alone. Mount a directory of your own, or mount it read-only.");
        }

        if (!range.IsShared && status.Uid == 0 && !plan.MapRootOwner && !plan.ReadOnly)
        {
            throw new RuntimeException("mount-owner",
                $"{plan.Source} belongs to root on the host, and a writable mount never acts as root there by itself. Give it to a user (chown), mount it read-only, or say `owner: root` for it in the policy.");
        }

        DetachedMount mount = DetachedMount.Clone(handle, plan.Source);
        try
        {
            if (!plan.ReadOnly && status.IsDirectory && SocketScan.Find(mount.Root, cancellationToken) is { } socket)
            {
                throw new RuntimeException("mount-socket",
                    $"{plan.Source} holds the Unix socket {socket}, through which the sandbox could speak to a program of the host. Remove it, mount a directory without it, or mount read-only.");
            }

            // Root's files are shown as nobody's unless the policy said otherwise: what others may read can still be read.
            bool mapped = !sandbox.DisabledLayers.Contains(Layer.UserNamespace) && (status.Uid != 0 || plan.MapRootOwner);
            SafeFileHandle? owner = mapped
                ? await range.OwnerAsync(status.Uid, status.Gid, sandbox.User.Uid, sandbox.User.Gid, cancellationToken).ConfigureAwait(false)
                : null;
            mount.Set(Attributes(plan), owner);
            return new MountSource(plan, mount, status.IsDirectory);
        }
        catch (LinuxException e)
        {
            mount.Dispose();
            throw new RuntimeException("mount-failed", $"{plan.Source} could not be prepared for mounting: {e.Message}. Is its file system one that takes ID-mapped mounts?", e);
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>Attributes of a mount by the plan.</summary>
    public static MountAttributes Attributes(MountPlan plan) =>
        MountAttributes.NoSetId | MountAttributes.NoDevices
        | (plan.ReadOnly ? MountAttributes.ReadOnly : MountAttributes.None)
        | (plan.Executable ? MountAttributes.None : MountAttributes.NoExecute);

    /// <inheritdoc/>
    public void Dispose() => Mount.Dispose();

    private static SafeFileHandle Open(MountPlan plan)
    {
        SafeFileHandle handle;
        try
        {
            handle = PathHandle.Open(plan.Source);
        }
        catch (LinuxException e)
        {
            throw new RuntimeException("mount-missing", $"{plan.Source} cannot be mounted: {e.Message}. Create it, or take the mount out.", e);
        }

        string real = PathHandle.RealPath(handle);
        if (string.Equals(real, plan.Source, StringComparison.Ordinal))
            return handle;
        handle.Dispose();
        throw new RuntimeException("mount-changed",
            $"{plan.Source} was judged when the plan was made, but now leads to {real}. Somebody swapped it for a link or moved it; start again if that was you.");
    }
}
