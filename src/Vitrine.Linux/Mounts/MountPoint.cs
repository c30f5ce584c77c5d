namespace Vitrine.Linux.Mounts;

/// <summary>Attached mounts of the calling thread's mount namespace.</summary>
public static class MountPoint
{
    /// <summary>Takes a mount and everything below it out of the namespace (umount2(2), MNT_DETACH). Who still uses it keeps it.</summary>
    public static void Detach(string path)
    {
        if (MountCalls.umount2(path, MountCalls.MNT_DETACH | MountCalls.UMOUNT_NOFOLLOW) < 0)
            throw LinuxException.Last("umount2", path);
    }
}
