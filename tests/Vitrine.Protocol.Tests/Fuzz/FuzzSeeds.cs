namespace Vitrine.Protocol.Tests.Fuzz;

/// <summary>The seeds of each run. A failure names seed and index; a seed that found a bug stays in the list.</summary>
internal static class FuzzSeeds
{
    /// <summary>Inputs of the short run; `VITRINE_FULL=1` runs ten times as many.</summary>
    public const int ShortReplays = 20_000;

    /// <summary>Sessions over sockets of the short run.</summary>
    public const int ShortSessions = 200;

    public static readonly int[] All = [20261121, 1, 2, 3, 0x56545230];

    public static bool IsFull => Environment.GetEnvironmentVariable("VITRINE_FULL") == "1";

    public static int Times(int shortRun) => (IsFull ? shortRun * 10 : shortRun) / All.Length;

    public static TheoryData<int> Data => [.. All];
}
