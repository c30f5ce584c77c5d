namespace Vitrine.Cli.Commands.Doctor;

/// <summary>What a check found.</summary>
internal enum CheckStatus
{
    /// <summary>It is there.</summary>
    Ok,

    /// <summary>Sandboxes work, with less behind them; the detail says what.</summary>
    Weaker,

    /// <summary>Sandboxes cannot start, or not with the default limits.</summary>
    Missing,
}

/// <summary>One finding of `vitrine doctor`.</summary>
/// <param name="Area">Group: `kernel`, `cgroups`, `runtime`, …</param>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">What came out.</param>
/// <param name="Detail">What is there, or what is missing and what that costs.</param>
/// <param name="Mend">The command that mends it; null when there is nothing to mend or no command does.</param>
internal sealed record Check(string Area, string Name, CheckStatus Status, string Detail, string? Mend = null)
{
    /// <summary>The status as text and JSON have it.</summary>
    public string StatusName => Status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Weaker => "weaker",
        _ => "missing",
    };
}
