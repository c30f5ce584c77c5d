using System.Runtime.InteropServices;

namespace Vitrine.Linux.Native;

/// <summary>Processes: clone(2), wait4(2), kill(2), prctl(2), and syscall(2) for what has no wrapper.</summary>
internal static unsafe partial class ProcessCalls
{
    [LibraryImport("libc", EntryPoint = "strerrordesc_np")]
    internal static partial nint StrErrorDesc(int errno);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SysCall(nint number, nint a, nint b, nint c, nint d, nint e);

    /// <summary>
    /// syscall(2) as the child of <see cref="Clone"/> may call it: no transition, no marshalling; errno stays in the C library.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "syscall")]
    [SuppressGCTransition]
    internal static partial nint RawSysCall(nint number, nint a, nint b, nint c, nint d, nint e);

    [LibraryImport("libc", EntryPoint = "__errno_location")]
    [SuppressGCTransition]
    internal static partial int* ErrnoLocation();

    [LibraryImport("libc", EntryPoint = "clone", SetLastError = true)]
    internal static partial int Clone(delegate* unmanaged<void*, int> body, void* stackTop, int flags, void* argument);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    internal static partial int Wait4(int pid, int* status, int options, byte* usage);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    internal static partial nint Signal(int number, nint handler);

    [LibraryImport("libc", EntryPoint = "sigprocmask", SetLastError = true)]
    internal static partial int SignalMask(int how, byte* set, byte* old);

    [LibraryImport("libc", EntryPoint = "signalfd", SetLastError = true)]
    internal static partial int SignalDescriptor(int fd, byte* set, int flags);

    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void Exit(int code);

    [LibraryImport("libc", EntryPoint = "getpid")]
    internal static partial int GetPid();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUid();

    [LibraryImport("libc", EntryPoint = "getegid")]
    internal static partial uint GetEffectiveGid();

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint MemoryMap(nint address, nint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int MemoryUnmap(nint address, nint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    internal static partial int MemoryAdvise(nint address, nint length, int advice);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    internal static partial int ClockGetTime(int clock, long* time);
}
