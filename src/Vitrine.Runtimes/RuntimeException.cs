namespace Vitrine.Runtimes;

/// <summary>A sandbox could not be made or kept as planned. The message is a sentence with a way out.</summary>
public sealed class RuntimeException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="code">Stable kebab-case code, for instance `runtime-missing`, `mount-changed`, `limit-unavailable`, `layer-required`.</param>
    /// <param name="message">What was tried, on what, why it failed, what to do.</param>
    /// <param name="innerException">The fault below.</param>
    public RuntimeException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>Creates the error without a message of its own.</summary>
    public RuntimeException()
        : this("runtime-failed", "The runtime failed.")
    {
    }

    /// <summary>Creates the error of an unnamed kind.</summary>
    public RuntimeException(string message)
        : this("runtime-failed", message)
    {
    }

    /// <summary>Creates the error of an unnamed kind.</summary>
    public RuntimeException(string message, Exception innerException)
        : this("runtime-failed", message, innerException)
    {
    }

    /// <summary>Stable kebab-case code.</summary>
    public string Code { get; }
}
