using System.IO.Enumeration;

namespace Vitrine.Policy.Host;

/// <summary>Lists names level by level, following no link, so that a bound cuts off the deepest ones.</summary>
internal static class NameScanner
{
    private static readonly EnumerationOptions s_options =
        new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, RecurseSubdirectories = false };

    public static HostScan Scan(string directory, int maxEntries, int maxDepth)
    {
        var entries = new List<HostScanEntry>();
        var level = new List<string> { "" };
        bool complete = true;
        for (int depth = 1; depth <= maxDepth && level.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (string below in level)
            {
                complete &= List(directory, below, maxEntries, entries, next);
                if (entries.Count >= maxEntries) return new HostScan(entries, false);
            }

            level = next;
        }

        return new HostScan(entries, complete && level.Count == 0);
    }

    private static bool List(string directory, string below, int maxEntries, List<HostScanEntry> entries, List<string> directories)
    {
        try
        {
            foreach ((string name, bool isDirectory) in Names(Path.Join(directory, below)))
            {
                if (entries.Count >= maxEntries) return false;
                string path = below.Length == 0 ? name : $"{below}/{name}";
                entries.Add(new HostScanEntry(path, isDirectory));
                if (isDirectory) directories.Add(path);
            }

            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static FileSystemEnumerable<(string Name, bool IsDirectory)> Names(string directory) =>
        new(directory, static (ref FileSystemEntry entry) => (entry.FileName.ToString(), IsRealDirectory(ref entry)), s_options);

    // IsDirectory follows links; the attributes cost a system call, so they are asked for directories only.
    private static bool IsRealDirectory(ref FileSystemEntry entry) =>
        entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
