namespace Vitrine.Audit;

/// <summary>What is wrong at a place of a chain.</summary>
public enum AuditFault
{
    /// <summary>A line is no line of an audit chain, and no later `chain.sealed` vouches for it.</summary>
    Malformed,

    /// <summary>A line's bytes are not those its hash was made of, or the line before was replaced by another.</summary>
    Edited,

    /// <summary>Numbers are missing: lines were taken out.</summary>
    Removed,

    /// <summary>A number comes again or too late: lines were moved or copied in.</summary>
    Reordered,

    /// <summary>The file ends before the line its head knows of.</summary>
    Truncated,

    /// <summary>The line the head knows of has another hash.</summary>
    HeadMismatch,

    /// <summary>The head is missing or is none.</summary>
    HeadMissing,

    /// <summary>A line names another writer than the file does: it was brought from another chain.</summary>
    WrongWriter,

    /// <summary>The writer itself found, when it took the chain, that file and head did not agree.</summary>
    Damaged,

    /// <summary>The file cannot be read.</summary>
    Unreadable,
}
