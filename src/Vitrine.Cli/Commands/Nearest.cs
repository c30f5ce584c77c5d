namespace Vitrine.Cli.Commands;

/// <summary>The name a person most likely meant.</summary>
internal static class Nearest
{
    /// <summary>The closest of the names, when it is close at all.</summary>
    public static string? To(string given, IEnumerable<string> names)
    {
        string word = given.Split('=', 2)[0];
        (string Name, int Distance)? best = null;
        foreach (string name in names)
        {
            int distance = Distance(word, name);
            if (best is null || distance < best.Value.Distance)
                best = (name, distance);
        }

        return best is { } b && b.Distance <= Math.Max(1, word.Length / 3) ? b.Name : null;
    }

    /// <summary>Edits (insert, remove, replace) from one word to the other.</summary>
    internal static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
