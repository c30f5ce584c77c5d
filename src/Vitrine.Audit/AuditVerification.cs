namespace Vitrine.Audit;

/// <summary>What a verification found.</summary>
public sealed record AuditVerification
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsIntact => Findings.Count == 0;

    /// <summary>The chains that were read, with where they end.</summary>
    public required IReadOnlyList<AuditChainEnd> Chains { get; init; }

    /// <summary>What is wrong, by file and line; at most 1,000 for each chain.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }
}

/// <summary>Where a chain ends. Kept somewhere else, it proves later that the chain was not cut or rewritten up to here.</summary>
/// <param name="Writer">The chain's writer.</param>
/// <param name="Lines">Whole lines read.</param>
/// <param name="Sequence">Number of the last one; 0 for none.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="IsOpenEnded">Whether bytes follow that are no whole line: one is being written now, or a crash tore it. No fault.</param>
public sealed record AuditChainEnd(string Writer, long Lines, long Sequence, string Hash, bool IsOpenEnded);
