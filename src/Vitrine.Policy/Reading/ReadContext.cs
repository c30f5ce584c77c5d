using Vitrine.Policy.Problems;

namespace Vitrine.Policy.Reading;

/// <summary>What one reading of one text shares: the problems so far, and where each key stood.</summary>
internal sealed class ReadContext(string sourceName)
{
    public ProblemList Problems { get; } = new(sourceName);

    public Dictionary<string, SourceMark> Marks { get; } = new(StringComparer.Ordinal);
}
