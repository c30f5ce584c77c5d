namespace Vitrine.Audit;

/// <summary>The trail cannot take an event or cannot be read. Whoever gets it starts no new work.</summary>
public sealed class AuditException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="code">`audit-full`, `audit-locked`, `audit-unwritable`, `audit-unreadable`, `audit-broken` or `audit-name`.</param>
    /// <param name="message">What was tried, on what, why it failed, what to do.</param>
    /// <param name="innerException">The fault below.</param>
    public AuditException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>Creates the error without a message of its own.</summary>
    public AuditException()
        : this("audit-unwritable", "The audit trail cannot be written.")
    {
    }

    /// <summary>Creates the error of an unnamed kind.</summary>
    public AuditException(string message)
        : this("audit-unwritable", message)
    {
    }

    /// <summary>Creates the error of an unnamed kind.</summary>
    public AuditException(string message, Exception innerException)
        : this("audit-unwritable", message, innerException)
    {
    }

    /// <summary>Stable kebab-case code.</summary>
    public string Code { get; }
}
