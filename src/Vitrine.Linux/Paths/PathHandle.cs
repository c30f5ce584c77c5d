using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Paths;

/// <summary>Opening a path only to name it (O_PATH): what was judged by the descriptor is what is used later, whatever happens to the path.</summary>
public static class PathHandle
{
    private const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    private const ulong RESOLVE_NO_SYMLINKS = 0x04;
    private const ulong RESOLVE_BENEATH = 0x08;

    /// <summary>Opens what a path names, links followed.</summary>
    public static SafeFileHandle Open(string path)
    {
        int fd = PathCalls.open(path, PathCalls.O_PATH | PathCalls.O_CLOEXEC, 0);
        return fd < 0 ? throw LinuxException.Last("open", path) : new SafeFileHandle(fd, true);
    }

    /// <summary>Opens a relative path below a directory; a link on the way, or a step out, is an error (openat2(2)).</summary>
    public static unsafe SafeFileHandle OpenBelow(SafeFileHandle directory, string path)
    {
        var how = new PathCalls.OpenHow
        {
            Flags = PathCalls.O_PATH | PathCalls.O_CLOEXEC,
            Resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
        };
        long fd = PathCalls.openat2(PathCalls.SYS_openat2, directory, path, &how, (nuint)sizeof(PathCalls.OpenHow));
        return fd < 0 ? throw LinuxException.Last("openat2", path) : new SafeFileHandle((nint)fd, true);
    }

    /// <summary>Opens for reading what a descriptor names: that very file, not a path (proc_pid_fd(5)).</summary>
    public static SafeFileHandle Reopen(SafeFileHandle handle)
    {
        bool added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            return File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}"));
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    /// <summary>The path the kernel knows a descriptor by; ends in ` (deleted)` when it is gone.</summary>
    public static string RealPath(SafeFileHandle handle)
    {
        bool added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            string link = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}");
            return new FileInfo(link).LinkTarget ?? throw new LinuxException("readlink", link, Errno.ENOENT);
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    /// <summary>Sets the calling thread's working directory; only for a thread that shares it with no other.</summary>
    public static void ChangeDirectory(string path)
    {
        if (PathCalls.chdir(path) < 0)
            throw LinuxException.Last("chdir", path);
    }
}
