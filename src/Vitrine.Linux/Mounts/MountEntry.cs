using System.Globalization;
using System.Text;

namespace Vitrine.Linux.Mounts;

/// <summary>One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Id">Id of the mount.</param>
/// <param name="Parent">Id of the mount it is on.</param>
/// <param name="Root">What of the file system is its root.</param>
/// <param name="Path">Where it is, as the process sees it.</param>
/// <param name="Options">Options of the mount.</param>
/// <param name="Type">File system.</param>
/// <param name="SuperOptions">Options of the file system.</param>
public sealed record MountEntry(int Id, int Parent, string Root, string Path, IReadOnlySet<string> Options, string Type, IReadOnlySet<string> SuperOptions)
{
    /// <summary>Reads the mounts a process sees.</summary>
    public static IReadOnlyList<MountEntry> Read(int pid) => Parse(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/mountinfo")));

    /// <summary>Reads the mounts this thread sees.</summary>
    public static IReadOnlyList<MountEntry> ReadSelf() => Parse(File.ReadAllText("/proc/thread-self/mountinfo"));

    /// <summary>Parses the text of mountinfo.</summary>
    /// <exception cref="FormatException">Not of that form.</exception>
    public static IReadOnlyList<MountEntry> Parse(string text)
    {
        var entries = new List<MountEntry>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(' ');

            // Optional fields end at a single dash.
            int dash = fields.Length > 6 ? Array.IndexOf(fields, "-", 6) : -1;
            if (dash < 0 || fields.Length < dash + 4)
                throw new FormatException($"a line of mountinfo is not of the known form: {line}");
            entries.Add(new MountEntry(
                int.Parse(fields[0], CultureInfo.InvariantCulture),
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                Unescape(fields[3]),
                Unescape(fields[4]),
                new HashSet<string>(fields[5].Split(','), StringComparer.Ordinal),
                fields[dash + 1],
                new HashSet<string>(fields[dash + 3].Split(','), StringComparer.Ordinal)));
        }

        return entries;
    }

    /// <summary>Space, tab, newline and backslash are written as three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        byte[] source = Encoding.UTF8.GetBytes(field);
        var target = new List<byte>(source.Length);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '\\' && i + 3 < source.Length)
            {
                target.Add((byte)(((source[i + 1] - '0') << 6) | ((source[i + 2] - '0') << 3) | (source[i + 3] - '0')));
                i += 3;
                continue;
            }

            target.Add(source[i]);
        }

        return Encoding.UTF8.GetString([.. target]);
    }
}
