namespace Vitrine.Policy.Units;

/// <summary>Finds the word a person probably meant.</summary>
internal static class Nearest
{
    private const int LongestCompared = 64;

    /// <summary>The nearest candidate by edit distance when it is near enough, else null.</summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LongestCompared) return null;
        string normal = Normalize(word);
        string? best = null;
        int bestDistance = Math.Max(1, normal.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(normal, Normalize(candidate));
            if (distance >= bestDistance) continue;
            best = candidate;
            bestDistance = distance;
        }

        return best;
    }

    // `wall_clock`, `wallClock` and `wall-clock` are the same wish.
    private static string Normalize(string word) =>
        string.Concat(word.Where(character => character is not ('-' or '_' or ' ')).Select(char.ToLowerInvariant));

    private static int Distance(string left, string right)
    {
        int[] previous = new int[right.Length + 1];
        int[] current = new int[right.Length + 1];
        for (int column = 0; column <= right.Length; column++) previous[column] = column;
        for (int row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                int cost = left[row - 1] == right[column - 1] ? 0 : 1;
                current[column] = Math.Min(Math.Min(current[column - 1], previous[column]) + 1, previous[column - 1] + cost);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
