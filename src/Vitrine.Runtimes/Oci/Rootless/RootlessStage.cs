using Microsoft.Win32.SafeHandles;
using Vitrine.Linux;
using Vitrine.Linux.Paths;

namespace Vitrine.Runtimes.Oci.Rootless;

/// <summary>
/// Where the stage is without root. A user's own directories are closed to all others (/run/user/UID is 0700), and the sandbox's first process is one of
/// them: a subordinate id. The worker's mount namespace is its own, so any directory that all may pass can be covered there; nobody else sees it.
/// </summary>
internal static class RootlessStage
{
    private static readonly string[] Places = ["/mnt", "/media", "/srv", "/tmp"];

    /// <summary>The directory to cover.</summary>
    /// <exception cref="RuntimeException">`state-directory`: none is there.</exception>
    public static string Find() => Places.FirstOrDefault(IsOpenToAll) ?? throw new RuntimeException("state-directory",
        $"None of {string.Join(", ", Places)} is a directory that all users may pass, and the sandbox is put together over one of them, out of everybody's sight. Run as root: chmod o+x /mnt");

    /// <summary>Makes the directory of locks, for this user alone, or judges the one that is there.</summary>
    /// <exception cref="RuntimeException">`state-directory`: it is somebody else's, or others may write to it.</exception>
    public static void MakeState(string directory)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using SafeFileHandle handle = PathHandle.Open(directory);
        PathStatus status = PathStatus.Of(handle);
        if (!status.IsDirectory || status.Uid != 0 || (status.Mode & 0x12) != 0)
        {
            throw new RuntimeException("state-directory",
                $"The state directory {directory} is not this user's alone. Remove it, or name another by VITRINE_STATE_DIR.");
        }
    }

    private static bool IsOpenToAll(string path)
    {
        try
        {
            using SafeFileHandle handle = PathHandle.Open(path);
            return PathStatus.Of(handle) is { IsDirectory: true } status && (status.Mode & 1) != 0;
        }
        catch (LinuxException)
        {
            return false;
        }
    }
}
