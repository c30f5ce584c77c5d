using System.Globalization;

namespace Vitrine.Policy.Host;

/// <summary>Home directories of people: accounts of passwd(5) that are root's or a person's, and whatever stands in /home.</summary>
internal static class HomeFinder
{
    /// <summary>First id of people (UID_MIN of login.defs(5)); system accounts below have homes such as /bin and /usr/sbin.</summary>
    private const uint FirstPerson = 1000;

    private const uint Nobody = 65534;

    public static IReadOnlyList<string> Find()
    {
        var homes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string home in Parse(Lines("/etc/passwd")).Concat(Directories("/home")))
        {
            homes.Add(home);
            if (Real(home) is { } real) homes.Add(real);
        }

        homes.Remove("/");
        return [.. homes];
    }

    public static IEnumerable<string> Parse(IEnumerable<string> passwdLines)
    {
        foreach (string line in passwdLines)
        {
            string[] fields = line.Split(':');
            if (fields.Length < 7 || !uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint uid)) continue;
            if (uid is 0 or (>= FirstPerson and not Nobody) && fields[5].Length > 1
                && fields[5][0] == '/') yield return fields[5].TrimEnd('/');
        }
    }

    private static string? Real(string path)
    {
        try
        {
            return LinkResolver.Resolve(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string[] Directories(string path)
    {
        try
        {
            return Directory.GetDirectories(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
