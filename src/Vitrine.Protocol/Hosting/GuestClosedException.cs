using Vitrine.Protocol.Messages;

namespace Vitrine.Protocol.Hosting;

/// <summary>
/// The wire, or the channel, ended before the operation did. Being an <see cref="IOException"/>, it is what stream consumers expect.
/// </summary>
public sealed class GuestClosedException : IOException
{
    /// <summary>Creates the error from why the wire or channel ended.</summary>
    public GuestClosedException(GoAway goAway)
        : base(goAway.Message) => GoAway = goAway;

    /// <summary>Creates the error with a sentence alone.</summary>
    public GuestClosedException(string message)
        : this(new GoAway(GoAwayReason.InternalError, message))
    {
    }

    /// <summary>Creates the error with a sentence and the fault below it.</summary>
    public GuestClosedException(string message, Exception innerException)
        : base(message, innerException) => GoAway = new GoAway(GoAwayReason.InternalError, message);

    /// <summary>Creates the error without a sentence of its own.</summary>
    public GuestClosedException()
        : this("the guest is gone")
    {
    }

    /// <summary>Why it ended.</summary>
    public GoAway GoAway { get; }

    /// <summary>Why it ended, as a value to decide on.</summary>
    public GoAwayReason Reason => GoAway.Reason;
}
