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

    /// <summary>Edits (insert, remove, replace, swap neighbours) from one word to the other.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int replace = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }
}
