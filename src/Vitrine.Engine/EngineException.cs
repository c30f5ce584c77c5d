namespace Vitrine.Engine;

/// <summary>The engine could not do what was asked. The message is a sentence with a way out.</summary>
public sealed class EngineException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="code">Stable kebab-case code, for instance `guest-missing`, `command-not-found`, `sandbox-gone`.</param>
    /// <param name="message">What was tried, on what, why it failed, what to do.</param>
    /// <param name="innerException">The fault below.</param>
    public EngineException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>Creates the error without a message of its own.</summary>
    public EngineException()
        : this("engine-failed", "The engine failed.")
    {
    }

    /// <summary>Creates the error of an unnamed kind.</summary>
    public EngineException(string message)
        : this("engine-failed", message)
    {
    }

    /// <summary>Creates the error of an unnamed kind.</summary>
    public EngineException(string message, Exception innerException)
        : this("engine-failed", message, innerException)
    {
    }

    /// <summary>Stable kebab-case code.</summary>
    public string Code { get; }
}
