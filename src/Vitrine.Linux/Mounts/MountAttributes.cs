namespace Vitrine.Linux.Mounts;

/// <summary>Attributes of one mount, MOUNT_ATTR_* of mount_setattr(2).</summary>
[Flags]
public enum MountAttributes : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Nothing can be written through it.</summary>
    ReadOnly = 0x1,

    /// <summary>Set-id bits and file capabilities do nothing.</summary>
    NoSetId = 0x2,

    /// <summary>Device files cannot be opened.</summary>
    NoDevices = 0x4,

    /// <summary>Files cannot be executed.</summary>
    NoExecute = 0x8,
}
