using System.Buffers;

namespace Vitrine.Audit.Chain;

/// <summary>Where the files of a trail are: <c>W.jsonl</c>, <c>heads/W</c>, <c>locks/W</c> for a writer W.</summary>
/// <param name="Directory">The trail's directory.</param>
internal readonly record struct AuditLayout(string Directory)
{
    /// <summary>Ending of a chain's file.</summary>
    public const string Extension = ".jsonl";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The lines.</summary>
    public string Chain(string writer) => Path.Combine(Directory, writer + Extension);

    /// <summary>The head, kept apart.</summary>
    public string Head(string writer) => Path.Combine(Directory, "heads", writer);

    /// <summary>The lock.</summary>
    public string Lock(string writer) => Path.Combine(Directory, "locks", writer);

    /// <summary>Whether a writer's name may be part of a file name: 1 to 63 of a-z, 0-9 and hyphens, no hyphen first.</summary>
    public static bool IsWriter(ReadOnlySpan<char> writer) =>
        writer.Length is > 0 and < 64 && writer[0] != '-' && !writer.ContainsAnyExcept(NameCharacters);

    /// <summary>Writers that have a chain or a head here, in ordinal order.</summary>
    public string[] Writers()
    {
        IEnumerable<string> chains = Names(Directory, "*" + Extension).Select(name => name[..^Extension.Length]);
        return [.. chains.Concat(Names(Path.Combine(Directory, "heads"), "*")).Where(name => IsWriter(name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Makes the directories, readable by their owner alone.</summary>
    /// <exception cref="AuditException">They cannot be made, or others may write to them.</exception>
    public void Create()
    {
        try
        {
            System.IO.Directory.CreateDirectory(Directory, Private);
            System.IO.Directory.CreateDirectory(Path.Combine(Directory, "heads"), Private);
            System.IO.Directory.CreateDirectory(Path.Combine(Directory, "locks"), Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditException(
                "audit-unwritable",
                $"The audit directory {Directory} cannot be made: {e.Message} Name another with VITRINE_DATA_DIR, or run as a user who may write there.",
                e);
        }

        if ((File.GetUnixFileMode(Directory) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
        {
            throw new AuditException(
                "audit-unwritable",
                $"The audit directory {Directory} may be written by others than its owner, so nobody could rely on what is in it. Run: chmod go-w {Directory}");
        }
    }

    private static IEnumerable<string> Names(string directory, string pattern) =>
        System.IO.Directory.Exists(directory) ? System.IO.Directory.EnumerateFiles(directory, pattern).Select(path => Path.GetFileName(path)) : [];
}
