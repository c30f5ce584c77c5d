using System.Runtime.InteropServices;

namespace Vitrine.Linux.Processes;

/// <summary>How a child is started. It gets exactly the descriptors listed, default signals, an empty signal mask, and nothing else of this process.</summary>
public sealed record ChildStart
{
    /// <summary>Absolute path of the program.</summary>
    public required string Path { get; init; }

    /// <summary>Arguments, the program's name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Its whole environment, `NAME=value`.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Its descriptors from 0 on; null is /dev/null. Every other descriptor is closed in it. The caller keeps its own copies.</summary>
    public IReadOnlyList<SafeHandle?> Descriptors { get; init; } = [null, null, null];

    /// <summary>Its working directory; null for that of the calling thread.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whether it leads a new session (setsid(2)) and so never sees the terminal's signals.</summary>
    public bool NewSession { get; init; }
}
