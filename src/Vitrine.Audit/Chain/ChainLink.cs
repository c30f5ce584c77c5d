namespace Vitrine.Audit.Chain;

/// <summary>What makes a line a member of a chain.</summary>
/// <param name="Sequence">Its number, from 1.</param>
/// <param name="Writer">The writer it names.</param>
/// <param name="Previous">The hash it says the line before has.</param>
/// <param name="Hash">The hash it says it has.</param>
/// <param name="Computed">The hash its bytes have.</param>
internal readonly record struct ChainLink(long Sequence, string Writer, string Previous, string Hash, string Computed)
{
    /// <summary>Whether its bytes are those that were written.</summary>
    public bool IsWhole => string.Equals(Hash, Computed, StringComparison.Ordinal);
}
