namespace Vitrine.Policy;

/// <summary>What the planner may ask of the host. Reading only; the outcome is judged again by the runtime on the descriptor it
/// mounts.</summary>
public interface IHostFacts
{
    /// <summary>Whether this process is root and so can give ranges of ids and ID-mapped mounts.</summary>
    bool IsRoot { get; }

    /// <summary>The hard limit of open files of this process (RLIMIT_NOFILE); null when it is not known or has none.</summary>
    long? HardOpenFilesLimit { get; }

    /// <summary>The home directory of who asks, for `~`; null when there is none.</summary>
    string? OwnHome { get; }

    /// <summary>Home directories of people on this host, as real paths.</summary>
    IReadOnlyList<string> HomeDirectories { get; }

    /// <summary>Sockets of container engines that exist, as real paths.</summary>
    IReadOnlyList<string> EngineSockets { get; }

    /// <summary>Our own state directories, as real paths.</summary>
    IReadOnlyList<string> StateDirectories { get; }

    /// <summary>Follows every link of an absolute path and says what is there and whose it is.</summary>
    HostPath ResolvePath(string path);

    /// <summary>Follows every link of an absolute path; null when nothing is there. Cheaper than <see cref="ResolvePath"/>.</summary>
    string? RealPath(string path);

    /// <summary>Lists names below a real directory, shallow ones first, following no link.</summary>
    /// <param name="directory">Where to start.</param>
    /// <param name="maxEntries">Most entries looked at.</param>
    /// <param name="maxDepth">Deepest level, 1 being the directory's own entries.</param>
    HostScan Scan(string directory, int maxEntries, int maxDepth);

    /// <summary>The text of a regular file; null when there is none, or it may not be read, is too large, or is no UTF-8.</summary>
    /// <param name="path">Absolute path; links are followed.</param>
    /// <param name="maxBytes">Largest file read.</param>
    string? ReadText(string path, int maxBytes);
}

/// <summary>What a path on the host is.</summary>
/// <param name="RealPath">The path with every link followed; as given when it does not exist.</param>
/// <param name="Kind">What is there.</param>
public sealed record HostPath(string RealPath, HostPathKind Kind)
{
    /// <summary>Who owns it; null when it could not be read.</summary>
    public HostOwner? Owner { get; init; }

    /// <summary>Why it could not be looked at; null when it could.</summary>
    public string? Error { get; init; }

    /// <summary>Whether anything is there.</summary>
    public bool Exists => Kind != HostPathKind.Missing;
}

/// <summary>Owner of a file on the host.</summary>
/// <param name="Uid">User id on the host. Ids of 2^31 and more are taken for 0, which refuses a writable mount.</param>
/// <param name="Gid">Group id on the host.</param>
public readonly record struct HostOwner(uint Uid, uint Gid);

/// <summary>Kinds of files, as inode(7) tells them apart.</summary>
public enum HostPathKind
{
    /// <summary>Nothing is there, or it may not be looked at.</summary>
    Missing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A Unix socket.</summary>
    Socket,

    /// <summary>A FIFO.</summary>
    Fifo,

    /// <summary>A block or character device.</summary>
    Device,
}

/// <summary>Names below a directory.</summary>
/// <param name="Entries">What was seen, shallow ones first.</param>
/// <param name="IsComplete">False when a bound was reached or a directory could not be read.</param>
public sealed record HostScan(IReadOnlyList<HostScanEntry> Entries, bool IsComplete);

/// <summary>One name below a directory.</summary>
/// <param name="RelativePath">Path below the directory, without a leading slash.</param>
/// <param name="IsDirectory">Whether it is a directory (a link is not).</param>
public readonly record struct HostScanEntry(string RelativePath, bool IsDirectory)
{
    /// <summary>The last part of the path.</summary>
    public ReadOnlySpan<char> Name => RelativePath.AsSpan(RelativePath.LastIndexOf('/') + 1);
}
