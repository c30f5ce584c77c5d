using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>The payload of <see cref="FrameType.Opened"/>.</summary>
/// <param name="Pid">The command's process id inside; 0 for what is no command.</param>
/// <param name="InputCredit">Bytes of <see cref="ChannelStream.Input"/> the host may send at first; at most <see
/// cref="WireLimits.MaxStreamCredit"/>.</param>
public readonly record struct ChannelOpened(uint Pid, uint InputCredit)
{
    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer.U32(Pid).U32(InputCredit);

    /// <summary>Reads the payload.</summary>
    public static ChannelOpened Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var opened = new ChannelOpened(reader.U32(), reader.U32());
        reader.End();
        return opened;
    }
}

/// <summary>The payload of <see cref="FrameType.OpenFailed"/>.</summary>
/// <param name="Errno">The error number (errno(3)), for instance ENOENT for a missing program.</param>
/// <param name="Message">What was tried on what, as a sentence.</param>
public sealed record ChannelOpenFailed(int Errno, string Message)
{
    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer.I32(Errno).Text(Message);

    /// <summary>Reads the payload.</summary>
    public static ChannelOpenFailed Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var failed = new ChannelOpenFailed(reader.I32(), reader.Text());
        reader.End();
        return failed;
    }
}
