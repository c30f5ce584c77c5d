using Vitrine.Policy.Keys;

namespace Vitrine.Policy.Reading;

/// <summary>Reads names whose characters are limited, so that they are safe in messages, labels and paths.</summary>
internal static class NameReader
{
    public static string? Read(SectionReader section, Key<TextShape> key)
    {
        if (section.Text(key) is not { } name) return null;
        if (char.IsAsciiLetterOrDigit(name[0]) && name.All(IsNameCharacter)) return name;
        section.Problems.Error("wrong-value", section.PathOf(key), section.Context.Marks[section.PathOf(key)],
            $"'{section.PathOf(key)}' is not a name", "Use letters, digits, '.', '_' and '-', starting with a letter or digit");
        return null;
    }

    private static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-';
}
