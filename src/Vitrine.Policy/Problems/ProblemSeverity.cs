namespace Vitrine.Policy;

/// <summary>What a problem means for the start.</summary>
public enum ProblemSeverity
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Note,

    /// <summary>It starts, but a person should look.</summary>
    Warning,

    /// <summary>It does not start.</summary>
    Error,
}
