using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Vitrine.Linux.Processes;

namespace Vitrine.Linux.Namespaces;

/// <summary>One range of an id mapping (user_namespaces(7)).</summary>
/// <param name="Inside">First id inside the namespace; for an ID-mapped mount, as stored on the file system.</param>
/// <param name="Outside">First id outside it; for an ID-mapped mount, as seen through the mount.</param>
/// <param name="Count">Ids, at least 1.</param>
public readonly record struct IdRange(uint Inside, uint Outside, uint Count)
{
    /// <summary>The line of /proc/PID/uid_map.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Inside} {Outside} {Count}");
}

/// <summary>A user namespace that was just made and has no mapping yet.</summary>
public static class UserNamespace
{
    /// <summary>Writes both mappings of the namespace of a process; possible once (user_namespaces(7)).</summary>
    /// <exception cref="IOException">Not permitted, or written before.</exception>
    public static void Map(int pid, IReadOnlyList<IdRange> users, IReadOnlyList<IdRange> groups)
    {
        Write(pid, "gid_map", groups);
        Write(pid, "uid_map", users);
    }

    /// <summary>Opens the namespace itself; it lives as long as the descriptor.</summary>
    public static SafeFileHandle Open(int pid) => File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/user"));

    /// <summary>The kernel takes a mapping in one write(2) only.</summary>
    private static void Write(int pid, string name, IReadOnlyList<IdRange> ranges)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{name}");
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RawIo.Write(file, Encoding.ASCII.GetBytes(string.Join('\n', ranges) + "\n"), path);
    }
}
