using Vitrine.Protocol.Messages;

namespace Vitrine.Engine.Sessions;

/// <summary>One command to run in a sandbox.</summary>
public sealed record CommandSpec
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables on top of the plan's.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Absolute path of the working directory inside; null for the plan's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whether standard input stays open; otherwise it is /dev/null.</summary>
    public bool OpenInput { get; init; }

    /// <summary>The size of the terminal to run it on; null for pipes.</summary>
    public TerminalSize? Terminal { get; init; }

    /// <summary>How long it may run, at least a millisecond; null for as long as the sandbox.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether what it leaves running is killed when it ends; false by default, so that a session can start services.</summary>
    public bool KillTreeOnExit { get; init; }
}
