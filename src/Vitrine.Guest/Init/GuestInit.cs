using Vitrine.Guest.Egress;
using Vitrine.Guest.Exec;
using Vitrine.Guest.Lockdown;
using Vitrine.Linux;
using Vitrine.Linux.Polling;
using Vitrine.Linux.Sandboxing;
using Vitrine.Protocol;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Init;

/// <summary>
/// PID 1: 1. hides itself and takes the wire away from 0 and 1; 2. waits for the host's hello; 3. locks itself down and answers;
/// 4. serves channels until the wire ends. It exits with the wire, and the kernel ends all other processes of the namespace with it.
/// </summary>
internal static class GuestInit
{
    private const int Done = 0;
    private const int Failed = 70; // EX_SOFTWARE of sysexits.h

    /// <summary>Runs until the wire ends.</summary>
    /// <returns>0 when the host ended it, 70 on a fault.</returns>
    internal static int Run()
    {
        (int input, int output) wire;
        GuestContext context;
        try
        {
            // 1
            ProcessHardening.DenyDumps();
            SignalSet.Ignore(SignalSet.SIGPIPE);
            SignalSet.Ignore(SignalSet.SIGCHLD);
            wire = WireDescriptors.Take();
            (uint uid, uint gid) = ProcessHardening.Identity;
            context = new GuestContext { Uid = uid, Gid = gid };
        }
        catch (LinuxException e)
        {
            WireDescriptors.Complain(e.Message);
            return Failed;
        }

        // 2
        context.Wire = new Wire(context.Loop, wire.input, wire.output, new FrameRouter(context, setup => Greet(context, setup)));
        return Serve(context);
    }

    private static int Serve(GuestContext context)
    {
        try
        {
            while (true)
            {
                context.Loop.Turn(context.Runners?.NextTimeout() ?? -1);
                context.Runners?.OnTime();
                context.Wire.Flush();
                if (context.Channels.Count == 0)
                    Rest(context);
            }
        }
        catch (WireEndedException)
        {
            return Done;
        }
        catch (GuestFault e)
        {
            return Leave(context, e.Reason, e.Message);
        }
        catch (ProtocolException e)
        {
            return Leave(context, GoAwayReason.ProtocolViolation, e.Message);
        }
        catch (Exception e)
        {
            return Leave(context, GoAwayReason.InternalError, e is LinuxException ? e.Message : "the guest failed with " + e.GetType().Name);
        }
    }

    /// <summary>3. The order is the answer's worth: nothing is promised before it holds.</summary>
    private static void Greet(GuestContext context, GuestSetup setup)
    {
        ushort version = Math.Min(setup.MaxVersion, WireLimits.MaxVersion);
        if (version < setup.MinVersion || version < WireLimits.MinVersion)
        {
            throw new GuestFault(
                GoAwayReason.VersionMismatch,
                $"the host speaks versions {setup.MinVersion} to {setup.MaxVersion}, this guest {WireLimits.MinVersion} to {WireLimits.MaxVersion}; use builds of one release");
        }

        context.Setup = setup;
        if (setup.HasWayOut)
            context.WayOut = WayOut.Open(context);
        var notes = new List<string>();
        int abi = GuestLockdown.Enter(setup, notes);
        context.Runners = new RunnerPool(context);
        var writer = new WireWriter();
        new GuestReady(version, (ushort)abi, notes).Write(writer);
        context.Wire.Send(FrameType.Ready, 0, writer.Written);
        context.Wire.Flush();
        WireDescriptors.SilenceErrors();
        context.Runners.PrepareSoon();
    }

    private static int Leave(GuestContext context, GoAwayReason reason, string message)
    {
        var writer = new WireWriter();
        new GoAway(reason, message).Write(writer);
        try
        {
            context.Wire.Send(FrameType.GoAway, 0, writer.Written);
            context.Wire.FlushLast();
        }
        catch (GuestFault)
        {
            // No room for last words: the end itself says enough.
        }

        return Failed;
    }

    private static void Rest(GuestContext context)
    {
        context.Wire.Rest();
        GarbageBudget.Spend();
    }
}
