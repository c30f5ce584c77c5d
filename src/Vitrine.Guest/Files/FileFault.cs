using System.Globalization;

namespace Vitrine.Guest.Files;

/// <summary>A file operation failed: what was tried on what, and why.</summary>
internal sealed class FileFault : Exception
{
    internal FileFault(int errno, string message)
        : base(message) => Errno = errno;

    /// <summary>The fault of a call.</summary>
    internal FileFault(string call, string path, int errno)
        : this(errno, call + "(" + path + "): " + Linux.Errno.Describe(errno) + " (errno " + errno.ToString(CultureInfo.InvariantCulture) + ")")
    {
    }

    internal int Errno { get; }

    /// <summary>Throws when a call returned −errno.</summary>
    internal static void Check(string call, string path, int result)
    {
        if (result < 0)
            throw new FileFault(call, path, -result);
    }
}
