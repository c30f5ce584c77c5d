using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Namespaces;
using Vitrine.Policy.Plans;

namespace Vitrine.Runtimes.Oci.Identity;

/// <summary>65,536 host ids that one live sandbox has for itself, with the user namespaces that map files to them. Used again after the sandbox is gone.</summary>
internal sealed class HostIdRange(int index, uint first, UserNamespaceFactory factory) : IDisposable
{
    /// <summary>Ids in a range: 0 to 65,535 inside.</summary>
    public const uint Count = 65536;

    private readonly Dictionary<(uint, uint, uint, uint), SafeFileHandle> _owners = [];
    private SafeFileHandle? _whole;

    /// <summary>Number of the range; the byte of the lock file that stands for it.</summary>
    public int Index => index;

    /// <summary>Whether it is the one range that this user's sandboxes share, in a user namespace of our own: nothing can be ID-mapped there.</summary>
    public bool IsShared => index < 0;

    /// <summary>The mapping of a sandbox.</summary>
    /// <param name="plan">Its plan. Without root, a writable mount makes the sandbox's user the caller: no mount can show another owner there.</param>
    public IdMap MapFor(SandboxPlan plan) =>
        !IsShared ? IdMap.Shifted(first, Count)
        : plan.Mounts.Any(static m => !m.ReadOnly) ? IdMap.Caller(plan.User, Count)
        : IdMap.Shifted(first, Count - first);

    /// <summary>The namespace that maps stored ids 0 to 65,535 to the range: for images. Null without root.</summary>
    public async Task<SafeFileHandle?> WholeAsync(CancellationToken cancellationToken) =>
        IsShared ? null : _whole ??= await factory.MakeAsync(new IdRange(0, first, Count), new IdRange(0, first, Count), cancellationToken).ConfigureAwait(false);

    /// <summary>The namespace that maps one stored owner to one user of the sandbox, and nobody else: for mounts of the host's files. Null without root.</summary>
    public async Task<SafeFileHandle?> OwnerAsync(uint ownerUid, uint ownerGid, uint uid, uint gid, CancellationToken cancellationToken)
    {
        if (IsShared)
            return null;
        if (!_owners.TryGetValue((ownerUid, ownerGid, uid, gid), out SafeFileHandle? handle))
        {
            handle = await factory.MakeAsync(new IdRange(ownerUid, first + uid, 1), new IdRange(ownerGid, first + gid, 1), cancellationToken).ConfigureAwait(false);
            _owners.Add((ownerUid, ownerGid, uid, gid), handle);
        }

        return handle;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _whole?.Dispose();
        foreach (SafeFileHandle handle in _owners.Values)
            handle.Dispose();
    }
}
