using System.Globalization;

namespace Vitrine.Policy.Host;

/// <summary>Reads /proc/self/limits (proc_pid_limits(5)): name, soft limit, hard limit, unit, in columns.</summary>
internal static class ProcessLimits
{
    private const string OpenFiles = "Max open files";

    public static long? HardOpenFiles()
    {
        try
        {
            return Parse(File.ReadLines("/proc/self/limits"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static long? Parse(IEnumerable<string> lines)
    {
        string? line = lines.FirstOrDefault(line => line.StartsWith(OpenFiles, StringComparison.Ordinal));
        string[] columns = line?[OpenFiles.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return columns.Length >= 2 && long.TryParse(columns[1], NumberStyles.None, CultureInfo.InvariantCulture, out long hard)
            ? hard : null;
    }
}
