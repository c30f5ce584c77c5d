using Vitrine.Guest.Init;
using Vitrine.Linux;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Lockdown;

/// <summary>What the guest does to itself before it answers, and so to every command.</summary>
internal static class GuestLockdown
{
    private const ulong Read = LandlockRuleset.ReadFile | LandlockRuleset.ReadDirectory;
    private const ulong Device = LandlockRuleset.ReadFile | LandlockRuleset.WriteFile | LandlockRuleset.DeviceIoControl;

    /// <summary>Locks down.</summary>
    /// <param name="setup">What the host demands.</param>
    /// <param name="notes">Receives a sentence for each thing that could not be done.</param>
    /// <returns>The Landlock ABI whose domain was entered; 0 for none.</returns>
    /// <exception cref="GuestFault">Something the host requires could not be done.</exception>
    internal static int Enter(GuestSetup setup, List<string> notes)
    {
        ProcessHardening.DenyNewPrivileges();
        if (setup.CommandFilter.Length % 8 != 0)
            throw new GuestFault(GoAwayReason.LockdownFailed, "the command filter is no whole number of 8-byte instructions");
        if (setup.SwitchesUser)
            KeepCapabilities();
        return EnterLandlock(setup, notes);
    }

    private static void KeepCapabilities()
    {
        const ulong needed = Capabilities.SetUid | Capabilities.SetGid | Capabilities.SetPCap | Capabilities.Kill;
        if ((Capabilities.Permitted & needed) != needed)
            throw new GuestFault(GoAwayReason.LockdownFailed, "the guest has not all of SETUID, SETGID, SETPCAP and KILL, so it cannot give commands a user of their own; start it with these, or without switching users");

        // Helpers are the same program started anew and would come up with none.
        if (!Capabilities.KeepAcrossExec())
            throw new GuestFault(GoAwayReason.LockdownFailed, "the guest could not keep its capabilities for its helpers (PR_CAP_AMBIENT)");
    }

    private static int EnterLandlock(GuestSetup setup, List<string> notes)
    {
        if (setup.Landlock.Count == 0)
            return setup.RequireLandlock ? throw new GuestFault(GoAwayReason.LockdownFailed, "Landlock is required, but the host sent no rules") : 0;
        if (LandlockRuleset.KernelAbi() == 0)
        {
            const string none = "this kernel has no Landlock, or it is not among its enabled security modules (lsm=)";
            if (setup.RequireLandlock)
                throw new GuestFault(GoAwayReason.LockdownFailed, none);
            notes.Add(none);
            return 0;
        }

        using LandlockRuleset rules = LandlockRuleset.Create();
        foreach (LandlockRule rule in setup.Landlock)
            Check(rules.Allow(rule.Path, rule.Access), rule.Path);

        // What the guest itself works with after this point; commands get it along, as they share the domain (HARDENING, F6).
        Check(rules.Allow("/proc/self/exe", LandlockRuleset.Execute | LandlockRuleset.ReadFile), "/proc/self/exe");
        Check(rules.Allow("/proc", Read), "/proc");
        Check(rules.Allow("/dev/null", Device), "/dev/null");
        Check(rules.Allow("/dev/ptmx", Device), "/dev/ptmx");
        Check(rules.Allow("/dev/pts", Read | Device), "/dev/pts");
        try
        {
            rules.Enter();
        }
        catch (LinuxException e)
        {
            throw new GuestFault(GoAwayReason.LockdownFailed, "the Landlock domain could not be entered: " + e.Message);
        }

        return rules.Abi;
    }

    /// <summary>
    /// A rule for what is not there allows nothing: no loss. Any other failure would leave the domain other than the host wants it.
    /// </summary>
    private static void Check(int result, string path)
    {
        if (result is not (0 or -Errno.ENOENT or -Errno.ENOTDIR))
            throw new GuestFault(GoAwayReason.LockdownFailed, "a Landlock rule for " + path + " was refused: " + Errno.Describe(-result));
    }
}
