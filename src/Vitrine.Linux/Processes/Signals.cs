namespace Vitrine.Linux.Processes;

/// <summary>Signal numbers of signal(7) that are the same on x86-64 and arm64, and what this process does with them.</summary>
public static class Signals
{
    /// <summary>The terminal is gone.</summary>
    public const int SIGHUP = 1;

    /// <summary>Ctrl-C.</summary>
    public const int SIGINT = 2;

    /// <summary>Ctrl-\.</summary>
    public const int SIGQUIT = 3;

    /// <summary>Kill; cannot be caught.</summary>
    public const int SIGKILL = 9;

    /// <summary>A pipe without a reader.</summary>
    public const int SIGPIPE = 13;

    /// <summary>A request to end.</summary>
    public const int SIGTERM = 15;

    /// <summary>A child ended; ignored means that the kernel reaps children by itself (wait(2), notes).</summary>
    public const int SIGCHLD = 17;

    /// <summary>Stop; cannot be caught.</summary>
    public const int SIGSTOP = 19;

    /// <summary>Ignores signals from now on, in the whole process.</summary>
    public static void Ignore(params ReadOnlySpan<int> numbers)
    {
        foreach (int number in numbers)
        {
            if (ProcessCalls.signal(number, 1) == -1)
                throw LinuxException.Last("signal", number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
