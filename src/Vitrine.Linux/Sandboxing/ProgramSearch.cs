namespace Vitrine.Linux.Sandboxing;

/// <summary>Where a program may be (execvp(3)).</summary>
internal static class ProgramSearch
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The paths to try in order: the name itself when it has a slash, otherwise below each directory of PATH.</summary>
    internal static string[] Candidates(string program, IReadOnlyList<string> environment)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return [program];
        if (program.Length == 0)
            return [];
        string[] directories = Path(environment).Split(':');
        for (int i = 0; i < directories.Length; i++)
        {
            // An empty entry is the working directory, as execvp(3) reads it.
            directories[i] = directories[i].Length == 0 ? "./" + program : directories[i] + "/" + program;
        }

        return directories;
    }

    private static string Path(IReadOnlyList<string> environment)
    {
        for (int i = 0; i < environment.Count; i++)
        {
            if (environment[i].StartsWith("PATH=", StringComparison.Ordinal))
                return environment[i][5..];
        }

        return DefaultPath;
    }
}
