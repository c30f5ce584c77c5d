namespace Vitrine.Linux.Native;

/// <summary>Constants of fcntl.h and sys/stat.h. The ones that differ between x86-64 and arm64 ask the architecture.</summary>
internal static class OpenFlags
{
    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NOCTTY = 0x100;
    internal const int O_TRUNC = 0x200;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_PATH = 0x200000;
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_REMOVEDIR = 0x200;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int F_SETFD = 2;
    internal const int F_DUPFD_CLOEXEC = 1030;

    internal static int O_DIRECTORY => SysCallNumbers.Execve == 221 ? 0x4000 : 0x10000;

    internal static int O_NOFOLLOW => SysCallNumbers.Execve == 221 ? 0x8000 : 0x20000;
}
