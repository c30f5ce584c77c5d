using Vitrine.Cli.Commands.Sandboxes;

namespace Vitrine.Cli.Running;

/// <summary>One command in one sandbox.</summary>
internal sealed record RunRequest
{
    /// <summary>The sandbox asked for.</summary>
    public required SandboxArguments Sandbox { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Whether our standard input goes to the command.</summary>
    public bool Input { get; init; }

    /// <summary>Whether it runs on a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>Whether everything comes out as JSON Lines.</summary>
    public bool Json { get; init; }
}
