namespace Vitrine.Policy.Host;

/// <summary>Follows links part by part, as path_resolution(7) does.</summary>
internal static class LinkResolver
{
    /// <summary>Most links followed, as the kernel (ELOOP).</summary>
    private const int MaxLinks = 40;

    /// <summary>The path without links; null when nothing is there.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string? Resolve(string path)
    {
        var rest = new Stack<string>(Parts(path));
        var done = new List<string>();
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            if (part is "..")
            {
                if (done.Count > 0) done.RemoveAt(done.Count - 1);
                continue;
            }

            done.Add(part);
            string here = "/" + string.Join('/', done);
            if (new FileInfo(here).LinkTarget is not { } target) continue;
            if (++links > MaxLinks) throw new IOException($"links lead in a circle at {here}");
            if (target.StartsWith('/')) done.Clear();
            else done.RemoveAt(done.Count - 1);
            foreach (string next in Parts(target)) rest.Push(next);
        }

        string real = "/" + string.Join('/', done);
        return Path.Exists(real) ? real : null;
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or ".")).Reverse();
}
