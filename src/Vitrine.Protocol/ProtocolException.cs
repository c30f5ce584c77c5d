namespace Vitrine.Protocol;

/// <summary>The peer broke the protocol. The message says how, and holds no byte the peer chose.</summary>
public sealed class ProtocolException : Exception
{
    /// <summary>Creates the error with what the peer did.</summary>
    public ProtocolException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with what the peer did and the fault below it.</summary>
    public ProtocolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the error without a message of its own.</summary>
    public ProtocolException()
    {
    }
}
