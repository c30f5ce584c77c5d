using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vitrine.Linux.Sockets;

/// <summary>Two connected, unnamed Unix stream sockets (socketpair(2)), close-on-exec.</summary>
public static unsafe partial class SocketPair
{
    private const int AF_UNIX = 1;
    private const int SOCK_STREAM = 1;
    private const int SOCK_CLOEXEC = 0x80000;

    /// <summary>Makes a pair.</summary>
    public static (SafeFileHandle First, SafeFileHandle Second) Create()
    {
        int* fds = stackalloc int[2];
        return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0
            ? throw LinuxException.Last("socketpair", "AF_UNIX")
            : (new SafeFileHandle(fds[0], true), new SafeFileHandle(fds[1], true));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int domain, int type, int protocol, int* fds);
}
