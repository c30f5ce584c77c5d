using System.Globalization;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>A runtime's upstream version: `1.8.1`, `1.1.5+ds1`, `1.2.0-rc.3`. A candidate comes before its release.</summary>
internal readonly record struct RuntimeVersion(int Major, int Minor, int Patch, bool IsCandidate)
{
    /// <summary>Reads the version in the first line of what `--version` prints.</summary>
    public static RuntimeVersion? Parse(string text)
    {
        string? word = text.Split('\n')[0].Split(' ').FirstOrDefault(static w => w.Length > 0 && char.IsAsciiDigit(w[0]));
        if (word is null)
            return null;
        string[] parts = word.Split('-', '+')[0].Split('.');
        Span<int> numbers = [0, 0, 0];
        for (int i = 0; i < Math.Min(3, parts.Length); i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        }

        return new RuntimeVersion(numbers[0], numbers[1], numbers[2], word.Contains("-rc", StringComparison.Ordinal));
    }

    /// <summary>Whether it came before the other.</summary>
    public bool IsOlderThan(RuntimeVersion other) =>
        (Major, Minor, Patch, !IsCandidate).CompareTo((other.Major, other.Minor, other.Patch, !other.IsCandidate)) < 0;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}{(IsCandidate ? "-rc" : "")}");
}
