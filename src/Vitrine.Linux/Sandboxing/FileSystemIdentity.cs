using Vitrine.Linux.Native;

namespace Vitrine.Linux.Sandboxing;

/// <summary>
/// While one lives, files this thread makes (pipes and terminals among them) belong to another user, so that the command can open its own
/// /dev/stdout and /dev/pts entry again. Of this thread alone: the raw calls, not the C library's (setfsuid(2)). Not across an await.
/// </summary>
public readonly ref struct FileSystemIdentity
{
    private readonly uint _uid;
    private readonly uint _gid;
    private readonly bool _changed;

    /// <summary>Takes the identity; needs CAP_SETUID and CAP_SETGID, and changes nothing without them.</summary>
    public FileSystemIdentity(uint uid, uint gid)
    {
        _gid = (uint)ProcessCalls.SysCall(SysCallNumbers.SetFsGid, (nint)gid, 0, 0, 0, 0);
        _uid = (uint)ProcessCalls.SysCall(SysCallNumbers.SetFsUid, (nint)uid, 0, 0, 0, 0);
        _changed = true;
    }

    /// <summary>Goes back.</summary>
    public void Dispose()
    {
        if (!_changed)
            return;
        ProcessCalls.SysCall(SysCallNumbers.SetFsUid, (nint)_uid, 0, 0, 0, 0);
        ProcessCalls.SysCall(SysCallNumbers.SetFsGid, (nint)_gid, 0, 0, 0, 0);
    }
}
