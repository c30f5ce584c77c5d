using Vitrine.Policy.Keys;
using Vitrine.Policy.Validation;

namespace Vitrine.Policy.Reading;

/// <summary>Reads paths.</summary>
internal static class PathReader
{
    /// <summary>An absolute path inside, in normal form; an empty text when it is wrong.</summary>
    public static string Inside(SectionReader section, Key<TextShape> key)
    {
        if (section.Text(key) is not { } path) return "";
        if (PathRules.InsideError(path) is not { } error) return path;
        section.Problems.Error("path-form", section.PathOf(key), section.Context.Marks[section.PathOf(key)],
            $"'{section.PathOf(key)}' {error}",
            $"Write it as an absolute path without . and .. and without a slash at the end, for instance {key.Example}");
        return "";
    }

    /// <summary>A path on the host; an empty text when it is wrong.</summary>
    public static string? OnHost(SectionReader section, Key<TextShape> key)
    {
        if (section.Text(key) is not { } path) return null;
        if (PathRules.HostError(path) is not { } error) return path;
        section.Problems.Error("path-form", section.PathOf(key), section.Context.Marks[section.PathOf(key)],
            $"'{section.PathOf(key)}' {error}",
            "Write an absolute path, ~/…, or one that starts with . and climbs nowhere");
        return null;
    }
}
