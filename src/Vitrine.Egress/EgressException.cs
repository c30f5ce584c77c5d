namespace Vitrine.Egress;

/// <summary>The way out could not be set up. The message says what failed and what to do; it never holds a secret's value.</summary>
public sealed class EgressException : Exception
{
    /// <summary>Makes one.</summary>
    public EgressException()
    {
    }

    /// <summary>Makes one that says why.</summary>
    public EgressException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one that says why, and by which fault.</summary>
    public EgressException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
