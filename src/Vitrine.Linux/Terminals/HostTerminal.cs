using System.Runtime.InteropServices;

namespace Vitrine.Linux.Terminals;

/// <summary>
/// The terminal this process was started on: whether a descriptor is one, how large it is, and raw mode (termios(3), ioctl_tty(2)).
/// </summary>
public static class HostTerminal
{
    /// <summary>Whether the descriptor is a terminal (isatty(3)).</summary>
    /// <param name="descriptor">0, 1 or 2.</param>
    public static bool IsTerminal(int descriptor) => TerminalNative.IsATty(descriptor) == 1;

    /// <summary>The terminal's size in character cells.</summary>
    /// <param name="descriptor">A descriptor of it.</param>
    /// <returns>Columns and rows, at least 1 each; 80 × 24 where the terminal does not know or the descriptor is none.</returns>
    public static (ushort Columns, ushort Rows) GetSize(int descriptor)
    {
        int failed = TerminalNative.Ioctl(descriptor, TerminalNative.TIOCGWINSZ, out TerminalNative.WindowSize size);
        return failed != 0 || size.Columns == 0 || size.Rows == 0 ? ((ushort)80, (ushort)24) : (size.Columns, size.Rows);
    }

    /// <summary>
    /// Puts the terminal into raw mode: every key goes to the reader as bytes, Ctrl-C among them. Disposing the result, or the end of the
    /// process by an exception or a handled signal, puts the former mode back; only SIGKILL cannot be caught (`stty sane` then helps).
    /// </summary>
    /// <param name="descriptor">A descriptor of the terminal.</param>
    /// <exception cref="IOException">It is no terminal, or the kernel refused.</exception>
    public static HostTerminalMode EnterRaw(int descriptor)
    {
        byte[] former = Read(descriptor);
        byte[] raw = [.. former];
        TerminalNative.MakeRaw(raw);
        Write(descriptor, raw);
        return new HostTerminalMode(descriptor, former, raw);
    }

    internal static void Write(int descriptor, byte[] mode)
    {
        while (TerminalNative.SetAttributes(descriptor, TerminalNative.TCSADRAIN, mode) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != TerminalNative.EINTR)
                throw new IOException($"tcsetattr({descriptor}): {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
        }
    }

    private static byte[] Read(int descriptor)
    {
        byte[] mode = new byte[TerminalNative.TermiosSize];
        if (TerminalNative.GetAttributes(descriptor, mode) == 0)
            return mode;
        int error = Marshal.GetLastPInvokeError();
        throw new IOException($"tcgetattr({descriptor}): {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
    }
}
