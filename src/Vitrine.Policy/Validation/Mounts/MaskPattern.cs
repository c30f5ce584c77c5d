namespace Vitrine.Policy.Validation.Mounts;

/// <summary>
/// Patterns of masks: `*` and `?` within one part of a path, `**` for any number of parts. A pattern without a slash means the name
/// wherever it
/// stands. Time is bounded by the product of the lengths: no backtracking beyond the last star.
/// </summary>
internal static class MaskPattern
{
    public static bool IsPlain(string pattern) => pattern.AsSpan().IndexOfAny('*', '?') < 0;

    public static bool Matches(string pattern, string relativePath)
    {
        string[] path = relativePath.Split('/');
        string[] wanted = pattern.Split('/');
        return wanted.Length == 1 ? MatchesPart(wanted[0], path[^1]) : MatchesParts(wanted, path);
    }

    private static bool MatchesParts(string[] pattern, string[] path) =>
        MatchesGreedily(pattern.Length, path.Length, index => pattern[index] is "**",
            (left, right) => MatchesPart(pattern[left], path[right]));

    private static bool MatchesPart(string pattern, string name) =>
        pattern is "**" || MatchesGreedily(pattern.Length, name.Length, index => pattern[index] == '*', (left, right) =>
            pattern[left] == '?' || pattern[left] == name[right]);

    // The usual matcher with one remembered star: on a mismatch the last star takes one item more.
    private static bool MatchesGreedily(int patternLength, int length, Func<int, bool> isStar, Func<int, int, bool> equal)
    {
        int at = 0;
        int position = 0;
        int star = -1;
        int starPosition = 0;
        while (position < length)
        {
            if (at < patternLength && isStar(at))
            {
                star = at++;
                starPosition = position;
            }
            else if (at < patternLength && equal(at, position))
            {
                at++;
                position++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                position = ++starPosition;
            }
            else
            {
                return false;
            }
        }

        while (at < patternLength && isStar(at)) at++;
        return at == patternLength;
    }
}
