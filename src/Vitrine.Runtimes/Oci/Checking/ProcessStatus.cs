using System.Globalization;

namespace Vitrine.Runtimes.Oci.Checking;

/// <summary>Fields of /proc/PID/status (proc_pid_status(5)).</summary>
internal static class ProcessStatus
{
    /// <summary>The text after a name; empty where the kernel has no such field.</summary>
    public static string Field(string status, string name)
    {
        foreach (ReadOnlySpan<char> line in status.AsSpan().EnumerateLines())
        {
            if (line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.Ordinal))
                return line[(name.Length + 1)..].Trim().ToString();
        }

        return "";
    }

    /// <summary>A field of hexadecimal digits; 0 where the kernel has none.</summary>
    public static ulong Hex(string status, string name) =>
        ulong.TryParse(Field(status, name), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong value) ? value : 0;
}
