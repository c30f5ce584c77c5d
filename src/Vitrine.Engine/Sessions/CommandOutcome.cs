namespace Vitrine.Engine.Sessions;

/// <summary>How a command ended.</summary>
public sealed record CommandOutcome
{
    /// <summary>Why it ended.</summary>
    public required EndReason Reason { get; init; }

    /// <summary>The code to exit with: the command's own, or one of ours (docs/exit-codes.md).</summary>
    public required int ExitCode { get; init; }

    /// <summary>The signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>From start to end, by the host's clock.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>CPU time of it and its waited-for children (the guest's word).</summary>
    public TimeSpan Cpu { get; init; }

    /// <summary>Peak resident bytes of its largest process (the guest's word).</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>Bytes it wrote to output and error, as received.</summary>
    public long OutputBytes { get; init; }

    /// <summary>Limits it ran into, whether or not they ended it.</summary>
    public IReadOnlyList<LimitHit> LimitHits { get; init; } = [];

    /// <summary>One sentence on what ended it, for reasons other than <see cref="EndReason.Exited"/>; names the line of policy that would change it.</summary>
    public string? Explanation { get; init; }
}

/// <summary>A limit that was run into.</summary>
/// <param name="Limit">Its policy key: `memory`, `pids`, `output`, `wall-clock`, `idle`.</param>
/// <param name="Count">How often, where it is counted; 1 otherwise.</param>
public sealed record LimitHit(string Limit, long Count);
