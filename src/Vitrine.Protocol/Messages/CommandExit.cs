using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>
/// How a command's first process ended: the payload of <see cref="FrameType.Exited"/>. The guest's word, but for what the host measured
/// itself.
/// </summary>
public sealed record CommandExit
{
    /// <summary>Exit code, 0 to 255; meaningless when <see cref="Signal"/> is not 0.</summary>
    public byte Code { get; init; }

    /// <summary>Number of the signal that ended it; 0 when it exited by itself.</summary>
    public byte Signal { get; init; }

    /// <summary>Whether the guest killed it because its time was over.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Microseconds of CPU in user mode, with waited-for children (getrusage(2)).</summary>
    public ulong UserMicroseconds { get; init; }

    /// <summary>Microseconds of CPU in the kernel.</summary>
    public ulong SystemMicroseconds { get; init; }

    /// <summary>Peak resident bytes of its largest process.</summary>
    public ulong PeakResidentBytes { get; init; }

    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) =>
        writer.U8(Code).U8(Signal).Bool(TimedOut).U64(UserMicroseconds).U64(SystemMicroseconds).U64(PeakResidentBytes);

    /// <summary>Reads the payload.</summary>
    public static CommandExit Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var exit = new CommandExit
        {
            Code = reader.U8(),
            Signal = reader.U8(),
            TimedOut = reader.Bool(),
            UserMicroseconds = reader.U64(),
            SystemMicroseconds = reader.U64(),
            PeakResidentBytes = reader.U64(),
        };
        reader.End();
        if (exit.Signal > 64)
            throw new ProtocolException($"a command was ended by signal {exit.Signal}, which there is not");
        return exit;
    }
}
