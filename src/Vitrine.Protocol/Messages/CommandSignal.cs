using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>The payload of <see cref="FrameType.Signal"/>.</summary>
/// <param name="Signal">Signal number, 1 to 64 (signal(7)).</param>
/// <param name="Scope">Who gets it.</param>
public readonly record struct CommandSignal(byte Signal, SignalScope Scope)
{
    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer.U8(Signal).U8((byte)Scope);

    /// <summary>Reads the payload.</summary>
    public static CommandSignal Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var signal = new CommandSignal(reader.U8(), (SignalScope)reader.U8());
        reader.End();
        return signal;
    }
}

/// <summary>Who gets a signal.</summary>
public enum SignalScope : byte
{
    /// <summary>The command's first process.</summary>
    Process = 0,

    /// <summary>Its process group: what a terminal's Ctrl-C reaches.</summary>
    Group = 1,

    /// <summary>Everything it started, in whatever session. SIGKILL here is the stop-then-kill sweep.</summary>
    Tree = 2,
}
