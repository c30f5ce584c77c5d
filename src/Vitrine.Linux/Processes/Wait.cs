using System.Runtime.InteropServices;

namespace Vitrine.Linux.Processes;

/// <summary>A pause of a program that has nothing else to do: the single-threaded helpers.</summary>
public static partial class Wait
{
    /// <summary>Waits, or less when a signal arrives (poll(2) without descriptors).</summary>
    public static void Milliseconds(int milliseconds) => _ = poll(0, 0, milliseconds);

    [LibraryImport("libc")]
    private static partial int poll(nint entries, ulong count, int timeout);
}
