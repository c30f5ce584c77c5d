namespace Vitrine.Policy.Validation;

/// <summary>The form paths must have. Text only: nothing is looked up.</summary>
internal static class PathRules
{
    /// <summary>Longest path (PATH_MAX of limits.h, less its NUL).</summary>
    public const int MaxLength = 4095;

    /// <summary>Why a text is no absolute path inside in normal form; null when it is one.</summary>
    public static string? InsideError(string path)
    {
        if (path.Length == 0 || path[0] != '/') return "is not absolute";
        if (CommonError(path) is { } error) return error;
        if (path.Length > 1 && path[^1] == '/') return "ends with a slash";
        if (path.Contains("//", StringComparison.Ordinal)) return "has an empty part (//)";
        return HasPart(path, ".") ? "contains a . part" : null;
    }

    /// <summary>Why a text is no path on the host as a policy may spell it; null when it is one.</summary>
    public static string? HostError(string path)
    {
        bool starts = path.Length > 0 && (path[0] == '/' || path is "." or "~" ||
            path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("~/", StringComparison.Ordinal));
        if (path.Length > 0 && HasPart(path, "..")) return "contains a .. part";
        return starts ? CommonError(path) : "is neither absolute nor starts with ./ or ~/";
    }

    /// <summary>Whether one path is another or lies below it. Both in normal form.</summary>
    public static bool IsAtOrBelow(string path, string ancestor) =>
        string.Equals(ancestor, "/", StringComparison.Ordinal) || string.Equals(path, ancestor, StringComparison.Ordinal)
            || IsBelow(path, ancestor);

    /// <summary>Whether one path lies below another. Both in normal form.</summary>
    public static bool IsBelow(string path, string ancestor) =>
        string.Equals(ancestor, "/", StringComparison.Ordinal)
            ? path.Length > 1
            : path.Length > ancestor.Length && path[ancestor.Length] == '/' && path.StartsWith(ancestor, StringComparison.Ordinal);

    private static string? CommonError(string path)
    {
        if (path.Length > MaxLength) return $"is longer than {MaxLength} characters";
        if (path.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0) return "contains a control character";
        return HasPart(path, "..") ? "contains a .. part" : null;
    }

    private static bool HasPart(string path, string part)
    {
        foreach (Range range in path.AsSpan().Split('/'))
        {
            if (path.AsSpan(range).SequenceEqual(part)) return true;
        }

        return false;
    }
}
