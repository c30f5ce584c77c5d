namespace Vitrine.Protocol.Hosting;

/// <summary>
/// A channel could not be opened: there is no such program, directory or listener, or something is full. The wire is unharmed.
/// </summary>
public sealed class ChannelOpenException : Exception
{
    /// <summary>Creates the error from an error number and what was tried on what.</summary>
    public ChannelOpenException(int errno, string message)
        : base(message) => Errno = errno;

    /// <summary>Creates the error with a sentence alone.</summary>
    public ChannelOpenException(string message)
        : this(InputOutput, message)
    {
    }

    /// <summary>Creates the error with a sentence and the fault below it.</summary>
    public ChannelOpenException(string message, Exception innerException)
        : base(message, innerException) => Errno = InputOutput;

    /// <summary>Creates the error without a sentence of its own.</summary>
    public ChannelOpenException()
        : this("the channel could not be opened")
    {
    }

    /// <summary>
    /// Error number of errno(3), 1 to 4095: ENOENT (2), EACCES (13), E2BIG (7) for a request that fits no frame, ENOBUFS (105) when the
    /// host is full.
    /// </summary>
    public int Errno { get; }

    private const int InputOutput = 5;
}
