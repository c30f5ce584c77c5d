using System.Runtime.InteropServices;

namespace Vitrine.Linux.Terminals;

/// <summary>
/// What this folder calls of libc. Names and constants are those of the manual pages; the numbers are the same on x86-64 and arm64.
/// </summary>
internal static partial class TerminalNative
{
    /// <summary>Room for glibc's and musl's struct termios (60 bytes) and more.</summary>
    public const int TermiosSize = 128;

    public const int TCSADRAIN = 1;
    public const nuint TIOCGWINSZ = 0x5413;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const short POLLIN = 1;
    public const short POLLOUT = 4;

    [LibraryImport("libc", EntryPoint = "isatty")]
    public static partial int IsATty(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int descriptor, nuint request, out WindowSize size);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetAttributes(int descriptor, [Out] byte[] mode);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetAttributes(int descriptor, int when, [In] byte[] mode);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw([In, Out] byte[] mode);

    // SAFETY: the pointer and the count come from one span pinned around the call.
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int descriptor, byte* buffer, nuint count);

    // SAFETY: as above.
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollEntry entry, nuint count, int timeoutMilliseconds);

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelWidth;
        public ushort PixelHeight;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
