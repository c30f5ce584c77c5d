using System.Globalization;
using System.Runtime.InteropServices;
using Vitrine.Linux.Files;
using Vitrine.Linux.Native;

namespace Vitrine.Linux.Terminals;

/// <summary>The two ends of a pseudo-terminal (pty(7)).</summary>
/// <param name="Master">Our end: what is written is typed, what is read was printed. Reading fails with EIO once the last slave is
/// closed.</param>
/// <param name="Slave">The program's end.</param>
public readonly unsafe record struct PseudoTerminal(Descriptor Master, Descriptor Slave)
{
    private const nuint TIOCSWINSZ = 0x5414;
    private const nuint TIOCGPGRP = 0x540F;
    private const nuint TIOCSPTLCK = 0x40045431;
    private const nuint TIOCGPTN = 0x80045430;
    private const nuint TIOCGPTPEER = 0x5441;

    /// <summary>Makes a terminal of the given size; it belongs to the calling thread's file system uid.</summary>
    /// <exception cref="LinuxException">There is no /dev/ptmx, or no terminal is left.</exception>
    public static PseudoTerminal Create(ushort columns, ushort rows)
    {
        Descriptor master = DescriptorIo.Open("/dev/ptmx", FileAccess.ReadWrite, out int errno);
        if (master.IsInvalid)
            throw new LinuxException("open", "/dev/ptmx", errno);
        int unlocked = 0;
        if (FileCalls.IoControl(master.Number, TIOCSPTLCK, &unlocked) != 0)
            throw Fail(master, "TIOCSPTLCK");

        // Before the program starts: otherwise it sees 0 by 0 until the first resize.
        Resize(master, columns, rows);
        int slave = FileCalls.IoControl(master.Number, TIOCGPTPEER, (void*)(OpenFlags.O_RDWR | OpenFlags.O_NOCTTY | OpenFlags.O_CLOEXEC));
        if (slave >= 0)
            return new PseudoTerminal(master, new Descriptor(slave));

        // gVisor has no TIOCGPTPEER: by name.
        int number;
        if (FileCalls.IoControl(master.Number, TIOCGPTN, &number) != 0)
            throw Fail(master, "TIOCGPTN");
        string path = "/dev/pts/" + number.ToString(CultureInfo.InvariantCulture);
        Descriptor opened = DescriptorIo.Open(path, FileAccess.ReadWrite, out errno);
        if (!opened.IsInvalid)
            return new PseudoTerminal(master, opened);
        master.Dispose();
        throw new LinuxException("open", path, errno);
    }

    /// <summary>Sets the size in character cells; the foreground group gets SIGWINCH when it changed.</summary>
    /// <returns>0, or −errno.</returns>
    public static int Resize(Descriptor master, ushort columns, ushort rows)
    {
        ushort* size = stackalloc ushort[4] { rows, columns, 0, 0 }; // struct winsize
        return FileCalls.IoControl(master.Number, TIOCSWINSZ, size) == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>The foreground process group, which Ctrl-C reaches; 0 when there is none.</summary>
    public static int ForegroundGroup(Descriptor master)
    {
        int group = 0;
        return FileCalls.IoControl(master.Number, TIOCGPGRP, &group) == 0 ? group : 0;
    }

    private static LinuxException Fail(Descriptor master, string request)
    {
        int errno = Marshal.GetLastPInvokeError();
        master.Dispose();
        return new LinuxException("ioctl", request, errno);
    }
}
