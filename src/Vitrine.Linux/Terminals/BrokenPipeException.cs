namespace Vitrine.Linux.Terminals;

/// <summary>Whoever read a standard stream is gone.</summary>
public sealed class BrokenPipeException : IOException
{
    /// <summary>Creates the error.</summary>
    public BrokenPipeException()
        : this("The reader of a standard stream is gone.")
    {
    }

    /// <summary>Creates the error.</summary>
    public BrokenPipeException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error.</summary>
    public BrokenPipeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
