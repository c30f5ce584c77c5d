using Microsoft.Win32.SafeHandles;

namespace Vitrine.Cli.Commands.Doctor;

/// <summary>The files a host describes itself in, below a root: `/`, or a made-up host in a test.</summary>
/// <param name="root">Where the host's `/` is.</param>
internal sealed class HostFiles(string root = "/")
{
    /// <summary>The text of a file without its last line end; null when it cannot be read.</summary>
    /// <param name="path">Absolute path on the host.</param>
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(Resolve(path)).TrimEnd('\n', '\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The lines of a file; none when it cannot be read.</summary>
    public IReadOnlyList<string> Lines(string path) => Read(path)?.Split('\n') ?? [];

    /// <summary>The words of a file; none when it cannot be read.</summary>
    public IReadOnlyList<string> Words(string path) =>
        Read(path)?.Split((char[])[' ', '\n', '\t', ','], StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>A file that holds one number; null when it cannot be read.</summary>
    public long? Number(string path) => long.TryParse(Read(path), System.Globalization.CultureInfo.InvariantCulture, out long number)
        ? number : null;

    /// <summary>Whether there is a file or directory.</summary>
    public bool Exists(string path) => Path.Exists(Resolve(path));

    /// <summary>Whether a file that is there may be written to; one that is not there is no hindrance.</summary>
    public bool IsWritable(string path)
    {
        if (!Exists(path))
            return true;
        try
        {
            using SafeFileHandle file = File.OpenHandle(Resolve(path), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The path as this process sees it.</summary>
    public string Resolve(string path) => Path.Combine(root, path.TrimStart('/'));
}
