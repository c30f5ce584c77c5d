using Vitrine.Protocol.Framing;

namespace Vitrine.Protocol.Messages;

/// <summary>The payload of <see cref="FrameType.GoAway"/> and <see cref="FrameType.Reset"/>.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record GoAway(GoAwayReason Reason, string Message)
{
    /// <summary>Writes the payload.</summary>
    public void Write(WireWriter writer) => writer.U16((ushort)Reason).Text(Message);

    /// <summary>Reads the payload.</summary>
    public static GoAway Read(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload);
        var away = new GoAway((GoAwayReason)reader.U16(), reader.Text());
        reader.End();
        return away;
    }
}

/// <summary>Why a wire or a channel ends.</summary>
public enum GoAwayReason : ushort
{
    /// <summary>Nothing is wrong; it is over.</summary>
    Done = 0,

    /// <summary>The peer broke the protocol.</summary>
    ProtocolViolation = 1,

    /// <summary>No version both speak.</summary>
    VersionMismatch = 2,

    /// <summary>A layer that the setup requires could not be entered.</summary>
    LockdownFailed = 3,

    /// <summary>A command's tree could not be killed in time, or a helper died: the sandbox must go.</summary>
    TreeUnkillable = 4,

    /// <summary>The guest found a process of its own disturbed from inside.</summary>
    Tampered = 5,

    /// <summary>An error of the sender itself.</summary>
    InternalError = 6,

    /// <summary>The channel's user gave it up.</summary>
    Cancelled = 7,

    /// <summary>Never sent: the host's word for a wire that ended without a reason, because the guest died or was killed.</summary>
    Lost = 8,
}
