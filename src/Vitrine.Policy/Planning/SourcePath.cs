using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Planning;

/// <summary>Makes paths as policies spell them absolute. Text only.</summary>
internal static class SourcePath
{
    /// <summary>Gives the absolute path, or says why there is none, starting with a verb.</summary>
    public static string? Absolute(PlanContext context, string path, out string absolute)
    {
        absolute = "";
        if (PathRules.HostError(path) is { } error) return error;
        string? start = path[0] switch
        {
            '~' => context.Host.OwnHome,
            '.' => context.Request.BaseDirectory,
            _ => "/",
        };
        if (start is null) return path[0] == '~'
            ? "starts with ~, but there is no home directory" : "is relative, but there is no directory to start from";
        absolute = Join(start, path[0] == '/' ? path : path[1..]);
        return null;
    }

    private static string Join(string start, string rest)
    {
        IEnumerable<string> parts = start.Split('/').Concat(rest.Split('/')).Where(part => part is not ("" or "."));
        return "/" + string.Join('/', parts);
    }
}
