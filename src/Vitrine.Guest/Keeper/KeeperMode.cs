using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Cgroups;
using Vitrine.Linux.Paths;
using Vitrine.Linux.Processes;

namespace Vitrine.Guest.Keeper;

/// <summary>
/// `vitrine-guest keeper GROUP PREFIX MARK`: waits on descriptor 0 for the owner of sandboxes. One byte means "all is in order" and ends it. The end of
/// the input means that the owner died: everything in control groups GROUP/PREFIX* and on file in guests/PREFIX* is killed and removed, and so is the owner's MARK. Descriptor 3 is
/// the owner's lock on id ranges; it is held until all is gone, so that no other sandbox gets them before.
/// </summary>
internal static class KeeperMode
{
    private const int PauseMilliseconds = 5;

    /// <summary>Runs the mode.</summary>
    /// <param name="arguments">GROUP, PREFIX, MARK.</param>
    /// <returns>Exit code: 0 when nothing is left, 2 for wrong arguments.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length != 3)
            return 2;

        // The session is its own already; Ctrl-C, a closed terminal and `kill` of the owner's group are no reason to leave.
        Signals.Ignore(Signals.SIGHUP, Signals.SIGINT, Signals.SIGQUIT, Signals.SIGTERM, Signals.SIGPIPE);
        if (OwnerSaidGoodbye())
            return 0;
        var sweep = new GroupSweep(CgroupHierarchy.ReadAll(), arguments[0], arguments[1]);
        using SafeFileHandle mark = FileLock.Open(arguments[2]);

        // Beside the marks: guests that no control group names, because their owner was not root.
        var guests = new ProcessRecords(Path.GetFullPath(arguments[2] + "/../../guests"), arguments[1]);

        // The mark's lock is shared with the runtime processes the owner had started: only when they are gone too can no further group appear.
        while (!(FileLock.TryExclusive(mark) & guests.Sweep() & sweep.Step()))
            Wait.Milliseconds(PauseMilliseconds);
        File.Delete(arguments[2]);
        return 0;
    }

    private static bool OwnerSaidGoodbye()
    {
        using var owner = new SafeFileHandle(0, ownsHandle: false);
        byte[] word = new byte[1];
        try
        {
            return RawIo.Read(owner, word, "owner") == 1;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
