namespace Vitrine.Cli.Commands.Sandboxes;

/// <summary>What a command line asks of a sandbox, as text; nothing of it is judged yet.</summary>
internal sealed record SandboxArguments
{
    /// <summary>--policy.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>--image.</summary>
    public string? Image { get; init; }

    /// <summary>--mount, each.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>--allow, each.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>The limits given.</summary>
    public IReadOnlyList<LimitArgument> Limits { get; init; } = [];

    /// <summary>--best-effort, each.</summary>
    public IReadOnlyList<string> BestEffort { get; init; } = [];

    /// <summary>--env, each.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>--workdir.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>--user.</summary>
    public string? User { get; init; }

    /// <summary>--runtime.</summary>
    public string? Runtime { get; init; }

    /// <summary>--raw-terminal.</summary>
    public bool RawTerminal { get; init; }

    /// <summary>--quiet.</summary>
    public bool Quiet { get; init; }

    /// <summary>--verbose.</summary>
    public bool Verbose { get; init; }

    /// <summary>Whether a person sits at it and no wall clock runs unless the policy states one.</summary>
    public bool IsInteractive { get; init; }
}

/// <summary>A limit as given.</summary>
/// <param name="Option">The option, for messages.</param>
/// <param name="Key">The policy's key for it.</param>
/// <param name="Value">Its value as text.</param>
internal sealed record LimitArgument(string Option, string Key, string Value);
