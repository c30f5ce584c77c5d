namespace Vitrine.Policy.Validation;

/// <summary>The only place that asks the system call table which names exist.</summary>
internal static class SyscallNames
{
    public static bool Exists(string name) =>
        name.Length is > 0 and <= 64 && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_');

    public static string? Nearest(string name) => null;
}
