using System.Buffers.Binary;
using Vitrine.Linux;
using Vitrine.Linux.Files;
using Vitrine.Linux.Polling;
using Vitrine.Linux.Sandboxing;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>
/// `vitrine-guest runner`: one thread, with the guest's own identity, that starts a command as another one, is the reaper of all that
/// descends from it,
/// and can end that in a second. Descriptor 3 leads to PID 1; its end means that the sandbox is over.
/// </summary>
internal static class RunnerMain
{
    private const int Control = 3;
    private const int Done = 0;
    private const int Unkillable = 75; // EX_TEMPFAIL of sysexits.h
    private const int Failed = 70; // EX_SOFTWARE

    internal static int Run()
    {
        // While this process can still be dumped its /proc files are its own to open; afterwards they are root's (proc(5)).
        Descriptor oom = DescriptorIo.Open("/proc/self/oom_score_adj", FileAccess.Write, out _);
        try
        {
            ProcessHardening.DenyDumps();
            ProcessHardening.BecomeSubreaper();
            using var children = new SignalQueue(SignalSet.SIGCHLD);
            var outbox = new RunnerOutbox(Control);
            using var inbox = new MappedBuffer(72 * 1024);
            Span<int> descriptors = stackalloc int[DescriptorMessage.MaxDescriptors];
            RunnerCommand? command = null;
            var launch = new CommandLaunch(oom);
            outbox.Ready();
            while (true)
            {
                int ready = PollPair.WaitReadable(Control, children.Number, command?.NextTimeout() ?? -1);
                if ((ready & 1) != 0)
                {
                    int length = DescriptorMessage.Receive(Control, inbox.Span, descriptors, wait: false);
                    if (length == 0)
                        return Done;
                    if (length > 0)
                        Take(inbox.Span[..length], descriptors, launch, outbox, ref command, children);
                }

                if ((ready & 2) != 0)
                    children.Drain();
                if (command is null)
                    continue;
                command.OnTime();
                command.Reap();
                if (!command.IsOver)
                    continue;
                command = null;
                inbox.Discard();
                outbox.Idle();
            }
        }
        catch (TreeUnkillableException)
        {
            return Unkillable;
        }
        catch (LinuxException)
        {
            return Failed;
        }
    }

    private static void Take(
        ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors, CommandLaunch launch, RunnerOutbox outbox, ref RunnerCommand? command, SignalQueue children)
    {
        ReadOnlySpan<byte> body = message[1..];
        switch ((RunnerMessage)message[0])
        {
            case RunnerMessage.Setup:
                launch.Setup(switchesUser: body[0] != 0, body[1..]);
                return;
            case RunnerMessage.Run:
                var reader = new WireReader(body);
                reader.U8(); // the channel's kind
                var request = CommandRequest.Read(ref reader);
                int pid = launch.Start(request, descriptors, out LaunchFailure failure);
                if (pid == 0)
                {
                    outbox.Failed(failure.Errno, LaunchMessage.For(failure, request));
                    return;
                }

                outbox.Started((uint)pid);
                command = new RunnerCommand(pid, request, outbox, children);
                return;
            case RunnerMessage.Signal:
                command?.Signal(body[0], (SignalScope)body[1], BinaryPrimitives.ReadInt32LittleEndian(body[2..]));
                return;
        }
    }
}
