using System.Runtime.InteropServices;

namespace Vitrine.Linux;

/// <summary>A system call failed. The message names the call, what it was about, and errno: `openat2(/x): Permission denied (errno 13)`.</summary>
public sealed class LinuxException : IOException
{
    /// <summary>Creates the error of a call.</summary>
    /// <param name="call">Man-page name of the call.</param>
    /// <param name="subject">What it was about: a path, a process, a descriptor.</param>
    /// <param name="errno">errno(3).</param>
    public LinuxException(string call, string subject, int errno)
        : base($"{call}({subject}): {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
    {
        Call = call;
        Errno = errno;
    }

    /// <summary>Creates an error without a call.</summary>
    public LinuxException()
        : this("a system call failed")
    {
    }

    /// <summary>Creates an error with a message of its own.</summary>
    public LinuxException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with a message of its own.</summary>
    public LinuxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Man-page name of the call; empty when there was none.</summary>
    public string Call { get; } = "";

    /// <summary>errno(3); 0 when there was none.</summary>
    public int Errno { get; }

    /// <summary>The error of the call that just failed on this thread.</summary>
    internal static LinuxException Last(string call, string subject) => new(call, subject, Marshal.GetLastPInvokeError());
}
