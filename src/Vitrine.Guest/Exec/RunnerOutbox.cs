using Vitrine.Linux.Sandboxing;
using Vitrine.Linux.Sockets;
using Vitrine.Protocol.Framing;
using Vitrine.Protocol.Messages;

namespace Vitrine.Guest.Exec;

/// <summary>What a runner tells PID 1.</summary>
internal sealed class RunnerOutbox(int socket)
{
    internal void Ready() => Send(New(RunnerMessage.Ready));

    internal void Started(uint pid) => Send(New(RunnerMessage.Started).U32(pid));

    internal void Failed(int errno, string message) => Send(New(RunnerMessage.Failed).I32(errno).Text(message));

    internal void Exited(in EndedChild child, bool timedOut)
    {
        WireWriter writer = New(RunnerMessage.Exited);
        new CommandExit
        {
            Code = child.Code,
            Signal = child.Signal,
            TimedOut = timedOut,
            UserMicroseconds = child.UserMicroseconds,
            SystemMicroseconds = child.SystemMicroseconds,
            PeakResidentBytes = child.PeakResidentBytes,
        }.Write(writer);
        Send(writer);
    }

    internal void Idle() => Send(New(RunnerMessage.Idle));

    internal void Unkillable() => Send(New(RunnerMessage.Unkillable));

    private static WireWriter New(RunnerMessage kind) => new WireWriter().U8((byte)kind);

    // PID 1 gone means that the next receive says so.
    private void Send(WireWriter writer) => _ = DescriptorMessage.Send(socket, writer.Written, default, wait: true);
}
