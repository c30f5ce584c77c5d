using System.Runtime.InteropServices;
using Vitrine.Linux.Processes;

namespace Vitrine.Linux.Namespaces;

/// <summary>
/// The helper process `vitrine-guest userns`. A process with more than one thread cannot unshare(2) a user namespace, and every .NET process has more
/// than one, so this one clones: for each byte on descriptor 0 a child in a new user namespace that does nothing, whose id is answered as four bytes.
/// The host writes the mapping, opens the namespace and kills the child. At the end of the input the helper ends, and its children with it.
/// </summary>
public static unsafe partial class UserNamespaceMaker
{
    private const ulong CLONE_NEWUSER = 0x10000000;
    private const int PR_SET_PDEATHSIG = 1;

    /// <summary>Serves until the end of the input.</summary>
    /// <returns>Exit code: 0 at the end of the input, 1 when the answer could not be written.</returns>
    public static int Run()
    {
        // Ignored SIGCHLD: the kernel reaps the children (wait(2), notes).
        Signals.Ignore(Signals.SIGHUP, Signals.SIGINT, Signals.SIGQUIT, Signals.SIGTERM, Signals.SIGPIPE, Signals.SIGCHLD);
        byte request;
        while (true)
        {
            nint count = read(0, &request, 1);
            if (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                continue;
            if (count <= 0)
                return 0;
            int answer = Clone();
            if (write(1, &answer, sizeof(int)) != sizeof(int))
                return 1;
        }
    }

    /// <summary>
    /// SAFETY: the child is a copy with this thread alone, so it takes no lock, allocates nothing and only makes system calls until it is killed.
    /// PDEATHSIG fires when this thread ends, which is the main one and lives as long as the helper.
    /// </summary>
    private static int Clone()
    {
        long number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 220 : 56;
        long pid = clone(number, CLONE_NEWUSER | (uint)Signals.SIGCHLD, 0, 0, 0, 0);
        if (pid != 0)
            return pid < 0 ? -Marshal.GetLastPInvokeError() : (int)pid;
        _ = prctl(PR_SET_PDEATHSIG, (nuint)Signals.SIGKILL, 0, 0, 0);
        while (true)
            _ = pause();
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long clone(long number, ulong flags, nint stack, nint parent, nint child, nint tls);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, void* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, void* buffer, nint count);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial int pause();
}
